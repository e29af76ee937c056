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

  /** For callers that store in bulk. */
  encryptRow(token: string): SealedBillingToken {
    const tokenHash = this.hashOf(token);
    return { tokenHash, ...this.keys.encrypt(token, identityOf(tokenHash)) };
  }

  /** @throws {DomainError} `encryption-key-unknown`, `ciphertext-invalid` */
  decryptRow({ tokenHash, keyId, ciphertext }: SealedBillingToken): string {
    const token = this.keys.decrypt({ keyId, ciphertext }, identityOf(tokenHash)).toString('utf8');
    if (this.hexHashOf(token) === tokenHash.toString('hex')) return token;
    throw new DomainError('ciphertext-invalid', 'A stored billing token is not the one its hash names');
  }

  /**
   * Stores the tokens that are not there yet. In the order of their hashes, as `storeFrom` does: two transactions with the
   * same tokens in different orders would wait for each other.
   */
  async store(session: SqlSession, tokens: readonly string[], at: Date): Promise<void> {
    const rows = [...new Set(tokens)].map((token) => this.encryptRow(token));
    await session.execute(
      `INSERT INTO billing_token (token_hash, ciphertext, key_id, created_at)
       SELECT sealed.*, $4::timestamptz
       FROM unnest($1::bytea[], $2::bytea[], $3::text[]) AS sealed (token_hash, ciphertext, key_id)
       ORDER BY sealed.token_hash
       ON CONFLICT (token_hash) DO NOTHING`,
      [rows.map((row) => row.tokenHash), rows.map((row) => row.ciphertext), rows.map((row) => row.keyId), at],
    );
  }

  /** @param sealedSql a SELECT of token_hash, ciphertext, key_id, without parameters; repeats are welcome */
  async storeFrom(session: SqlSession, sealedSql: string, at: Date): Promise<void> {
    await session.execute(
      `INSERT INTO billing_token (token_hash, ciphertext, key_id, created_at)
       SELECT DISTINCT ON (token_hash) token_hash, ciphertext, key_id, $1::timestamptz FROM (${sealedSql}) AS sealed
       ORDER BY token_hash
       ON CONFLICT (token_hash) DO NOTHING`,
      [at],
    );
  }
}

/** What a token's ciphertext is bound to; re-encryption makes the same in SQL. */
function identityOf(tokenHash: Buffer): string {
  return `billing_token:${tokenHash.toString('hex')}`;
}
