import { randomBytes } from 'node:crypto';
import type { EncryptionKeyConfig } from '../../config';
import { constantTimeEquals } from './constant-time';
import { KeyRing } from './key-ring';

const OLD = { keyId: 'old', key: randomBytes(32) };
const NEW = { keyId: 'new', key: randomBytes(32) };
const SECRET = 'a secret, 비밀';
const PLACE = 'test:1';

const ring = (first: EncryptionKeyConfig, ...others: EncryptionKeyConfig[]): KeyRing =>
  new KeyRing({ keys: [first, ...others] });
const invalid = expect.objectContaining({ code: 'ciphertext-invalid' });

describe('KeyRing', () => {
  const keys = ring(NEW, OLD);

  it.each([
    ['text', SECRET, Buffer.from(SECRET)] as const,
    ['bytes', Buffer.of(0, 255, 10), Buffer.of(0, 255, 10)] as const,
  ])('gives %s back as it came', (_, plaintext, expected) => {
    expect(keys.decrypt(keys.encrypt(plaintext, PLACE), PLACE)).toEqual(expected);
  });

  it('gives an empty text back', () => {
    expect(keys.decrypt(keys.encrypt('', PLACE), PLACE)).toHaveLength(0);
  });

  it('encrypts under the first key and decrypts under all', () => {
    const before = ring(OLD).encrypt(SECRET, PLACE);
    expect(before.keyId).toBe('old');
    expect(keys.encrypt(SECRET, PLACE).keyId).toBe('new');
    expect(keys.decrypt(before, PLACE).toString()).toBe(SECRET);
  });

  it('encrypts the same text differently each time', () => {
    const nonces = Array.from({ length: 1_000 }, () => keys.encrypt(SECRET, PLACE).ciphertext.toString('hex', 1, 13));
    expect(new Set(nonces).size).toBe(1_000);
  });

  it('lays out version, nonce, tag and text', () => {
    const { ciphertext } = keys.encrypt(SECRET, PLACE);
    expect(ciphertext[0]).toBe(1);
    expect(ciphertext).toHaveLength(1 + 12 + 16 + Buffer.byteLength(SECRET));
  });

  it('refuses a ciphertext with any one bit changed', () => {
    const { keyId, ciphertext } = keys.encrypt(SECRET, PLACE);
    for (let bit = 0; bit < ciphertext.length * 8; bit++) {
      const altered = Buffer.from(ciphertext);
      altered[bit >> 3] = (altered[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      expect(() => keys.decrypt({ keyId, ciphertext: altered }, PLACE)).toThrow(invalid);
    }
  });

  it('refuses a ciphertext cut off anywhere or with something behind it', () => {
    const { keyId, ciphertext } = keys.encrypt(SECRET, PLACE);
    for (let length = 0; length < ciphertext.length; length++) {
      expect(() => keys.decrypt({ keyId, ciphertext: ciphertext.subarray(0, length) }, PLACE)).toThrow(invalid);
    }
    expect(() => keys.decrypt({ keyId, ciphertext: Buffer.concat([ciphertext, Buffer.of(0)]) }, PLACE)).toThrow(
      invalid,
    );
  });

  it('refuses a ciphertext moved to another place', () => {
    expect(() => keys.decrypt(keys.encrypt(SECRET, PLACE), 'test:2')).toThrow(invalid);
  });

  it('refuses a ciphertext labelled with another key, even one of the same bytes', () => {
    const twins = ring(NEW, { keyId: 'twin', key: NEW.key }, OLD);
    const { ciphertext } = twins.encrypt(SECRET, PLACE);
    expect(() => twins.decrypt({ keyId: 'old', ciphertext }, PLACE)).toThrow(invalid);
    expect(() => twins.decrypt({ keyId: 'twin', ciphertext }, PLACE)).toThrow(invalid);
  });

  it('refuses a ciphertext of another key with the same name', () => {
    const { ciphertext } = keys.encrypt(SECRET, PLACE);
    const impostor = ring({ keyId: 'new', key: randomBytes(32) });
    expect(() => impostor.decrypt({ keyId: 'new', ciphertext }, PLACE)).toThrow(invalid);
  });

  it('names the key that is missing, and never a key or a secret', () => {
    const sealed = ring(OLD).encrypt(SECRET, PLACE);
    const unknown = { code: 'encryption-key-unknown', message: expect.stringMatching(/ENCRYPTION_KEYS.*"old"/) };
    expect(() => ring(NEW).decrypt(sealed, PLACE)).toThrow(expect.objectContaining(unknown));
    expect(() => ring(NEW).encrypt(SECRET, PLACE, 'old')).toThrow(expect.objectContaining(unknown));
    expect(() => ring(NEW).derive('old', Buffer.alloc(32), 'test')).toThrow(expect.objectContaining(unknown));
    expect(() => keys.decrypt(sealed, 'test:2')).toThrow(
      expect.not.objectContaining({ message: expect.stringContaining(SECRET) }),
    );
  });

  it('derives another key for each salt, purpose and key, the same each time', () => {
    const [one, other] = [randomBytes(32), randomBytes(32)];
    const derived = [
      keys.derive('new', one, 'test'),
      keys.derive('new', other, 'test'),
      keys.derive('new', one, 'other test'),
      keys.derive('old', one, 'test'),
      NEW.key,
    ];
    expect(new Set(derived.map((key) => key.toString('hex'))).size).toBe(derived.length);
    expect(keys.derive('new', one, 'test')).toEqual(derived[0]);
    expect(derived[0]).toHaveLength(32);
  });
});

describe('constantTimeEquals', () => {
  it.each([
    ['', '', true],
    ['secret', 'secret', true],
    ['비밀', '비밀', true],
    ['secret', 'secreT', false],
    ['secret', 'secrets', false],
    ['secret', '', false],
  ])('compares %p and %p: %p', (one, other, same) => {
    expect(constantTimeEquals(one, other)).toBe(same);
  });
});
