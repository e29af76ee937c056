import { Injectable } from '@nestjs/common';
import { hash } from 'node:crypto';
import { DomainError } from '../kernel/errors';
import { KeyRing, type Sealed } from '../platform/crypto';
import type { SqlSession } from '../platform/database';

/** A billing token as the vault stores it, known by the SHA-256 of its text. */
export interface SealedBillingToken extends Sealed {
  tokenHash: Buffer;
}

/**
 * Keeps every billing token once, encrypted, under its hash; charges and subscriptions refer to the hash. A token has
 * at least 256 random bits, so its hash gives nothing away.
 */
@Injectable()
export class BillingTokenVault {
  constructor(private readonly keys: KeyRing) {}

  /** SHA-256 of the token's text, 32 bytes. */
  hashOf(token: string): Buffer {
    return hash('sha256', token, 'buffer');
  }

  /** The same in lower-case hexadecimal, at a third of the cost: for a token a line. */
  hexHashOf(token: string): string {
    return hash('sha256', token, 'hex');
  }

  encryptRow(token: string): SealedBillingToken {
    const tokenHash = this.hashOf(token);
    return { tokenHash, ...this.keys.encrypt(token, identityOf(tokenHash.toString('hex'))) };
  }

  /**
   * @param hexHash of the token, in lower-case hexadecimal
   * @throws {DomainError} `encryption-key-unknown`, `ciphertext-invalid`
   */
  decrypt(hexHash: string, sealed: Sealed): string {
    const token = this.keys.decrypt(sealed, identityOf(hexHash)).toString('utf8');
    if (this.hexHashOf(token) === hexHash) return token;
    throw new DomainError('ciphertext-invalid', 'A stored billing token is not the one its hash names');
  }

  /** Stores the tokens that are not there yet. */
  async store(session: SqlSession, tokens: readonly string[], at: Date): Promise<void> {
    await this.storeHashed(session, new Map(tokens.map((token) => [this.hexHashOf(token), token])), at);
  }

  /**
   * The same for tokens by their hashes. Only those that are not there are encrypted, because a month brings mostly the
   * tokens of the month before. In the order of their hashes: two transactions with the same tokens in different orders
   * would wait for each other.
   */
  async storeHashed(session: SqlSession, tokens: ReadonlyMap<string, string>, at: Date): Promise<void> {
    const hashes = await this.unknownHashes(session, [...tokens.keys()]);
    if (hashes.length === 0) return;
    const sealed = hashes.map((hash) => this.keys.encrypt(tokens.get(hash) as string, identityOf(hash)));
    // One text for thousands of byte strings: the driver takes several times as long over an array of them.
    await session.execute(
      `INSERT INTO billing_token (token_hash, ciphertext, key_id, created_at)
       SELECT decode(sealed.token_hash, 'hex'), decode(sealed.ciphertext, 'hex'), $3, $4
       FROM unnest(string_to_array($1, ','), string_to_array($2, ',')) AS sealed (token_hash, ciphertext)
       ORDER BY sealed.token_hash
       ON CONFLICT (token_hash) DO NOTHING`,
      [
        hashes.join(','),
        sealed.map(({ ciphertext }) => ciphertext.toString('hex')).join(','),
        this.keys.firstKeyId,
        at,
      ],
    );
  }

  /**
   * Stores what a transaction has sealed and staged, in the order of the hashes as well: tokens of a file that is refused
   * in the end are rolled back with it.
   *
   * @param sealedSql a SELECT of token_hash, ciphertext, key_id, without parameters; repeats are welcome
   */
  async storeFrom(session: SqlSession, sealedSql: string, at: Date): Promise<void> {
    await session.execute(
      `INSERT INTO billing_token (token_hash, ciphertext, key_id, created_at)
       SELECT DISTINCT ON (token_hash) token_hash, ciphertext, key_id, $1::timestamptz FROM (${sealedSql}) AS sealed
       ORDER BY token_hash
       ON CONFLICT (token_hash) DO NOTHING`,
      [at],
    );
  }

  /** Those of the hashes that no stored token has. */
  private async unknownHashes(session: SqlSession, hashes: readonly string[]): Promise<string[]> {
    const [unknown] = await session.rows<{ hashes: string | null }>(
      `SELECT string_agg(hash, ',') AS hashes FROM unnest(string_to_array($1, ',')) AS hash
       WHERE NOT EXISTS (SELECT FROM billing_token WHERE token_hash = decode(hash, 'hex'))`,
      [hashes.join(',')],
    );
    return unknown?.hashes?.split(',') ?? [];
  }
}

/** What a token's ciphertext is bound to; re-encryption makes the same in SQL. */
function identityOf(hexHash: string): string {
  return `billing_token:${hexHash}`;
}
