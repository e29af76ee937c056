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

  /** @throws {DomainError} `encryption-key-unknown`, `ciphertext-invalid` */
  decryptRow({ tokenHash, keyId, ciphertext }: SealedBillingToken): string {
    const hexHash = tokenHash.toString('hex');
    const token = this.keys.decrypt({ keyId, ciphertext }, identityOf(hexHash)).toString('utf8');
    if (this.hexHashOf(token) === hexHash) return token;
    throw new DomainError('ciphertext-invalid', 'A stored billing token is not the one its hash names');
  }

  /**
   * Stores the tokens that are not there yet; only those are encrypted, because a month brings mostly the tokens of the
   * month before. In the order of their hashes: two transactions with the same tokens in different orders would wait for
   * each other.
   */
  async store(session: SqlSession, tokens: readonly string[], at: Date): Promise<void> {
    const byHash = new Map(tokens.map((token) => [this.hexHashOf(token), token]));
    for (const hash of await this.knownHashes(session, [...byHash.keys()])) byHash.delete(hash);
    if (byHash.size === 0) return;
    const rows = [...byHash.values()].map((token) => this.encryptRow(token));
    await session.execute(
      `INSERT INTO billing_token (token_hash, ciphertext, key_id, created_at)
       SELECT decode(sealed.token_hash, 'hex'), decode(sealed.ciphertext, 'hex'), sealed.key_id, $4
       FROM unnest(string_to_array($1, ','), string_to_array($2, ','), $3::text[])
         AS sealed (token_hash, ciphertext, key_id)
       ORDER BY sealed.token_hash
       ON CONFLICT (token_hash) DO NOTHING`,
      [
        joined(rows.map((row) => row.tokenHash)),
        joined(rows.map((row) => row.ciphertext)),
        rows.map((r) => r.keyId),
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

  private async knownHashes(session: SqlSession, hashes: readonly string[]): Promise<string[]> {
    const rows = await session.rows<{ hash: string }>(
      `SELECT encode(token_hash, 'hex') AS hash FROM billing_token
       WHERE token_hash = ANY (ARRAY(SELECT decode(hash, 'hex') FROM unnest(string_to_array($1, ',')) AS hash))`,
      [hashes.join(',')],
    );
    return rows.map((row) => row.hash);
  }
}

/** One text for thousands of byte strings: the driver takes several times as long over an array of them. */
function joined(values: readonly Buffer[]): string {
  return values.map((value) => value.toString('hex')).join(',');
}

/** What a token's ciphertext is bound to; re-encryption makes the same in SQL. */
function identityOf(hexHash: string): string {
  return `billing_token:${hexHash}`;
}
