import { createHash, randomBytes } from 'node:crypto';
import { KeyRing } from '../platform/crypto';
import { BillingTokenVault } from './billing-token.vault';

describe('BillingTokenVault', () => {
  const keys = new KeyRing({ keys: [{ keyId: 'k1', key: randomBytes(32) }] });
  const vault = new BillingTokenVault(keys);
  const token = '9843FA6B77E5C8F8DFCD17B2C356373CA2FCF0531D9967E8B61836F364996505';
  const other = token.replace('9', 'A');
  const invalid = expect.objectContaining({ code: 'ciphertext-invalid' });

  it('knows a token by the SHA-256 of its text', () => {
    expect(vault.hashOf(token)).toEqual(createHash('sha256').update(token).digest());
  });

  it('gives a token back as it came, and shows nothing of it', () => {
    const sealed = vault.encryptRow(token);
    expect(sealed).toEqual({ tokenHash: vault.hashOf(token), keyId: 'k1', ciphertext: expect.any(Buffer) });
    expect(sealed.ciphertext.includes(token.slice(0, 8))).toBe(false);
    expect(vault.decrypt(sealed.tokenHash.toString('hex'), sealed)).toBe(token);
  });

  it('encrypts the same token differently each time', () => {
    expect(vault.encryptRow(token).ciphertext).not.toEqual(vault.encryptRow(token).ciphertext);
  });

  it('refuses the ciphertext of another token', () => {
    expect(() => vault.decrypt(vault.hexHashOf(token), vault.encryptRow(other))).toThrow(invalid);
  });

  it('refuses a text that is not the one its hash names, although it was encrypted for that row', () => {
    const hexHash = vault.hexHashOf(token);
    const sealed = keys.encrypt(other, `billing_token:${hexHash}`);
    expect(() => vault.decrypt(hexHash, sealed)).toThrow(invalid);
  });
});
