import { Injectable } from '@nestjs/common';
import type { Sealed } from '../../../platform/crypto';
import { Database } from '../../../platform/database';
import { OAuthToken } from './oauth-token.entity';

/** A new token to be stored under the lease it was asked for with. */
export interface TokenToStore extends Sealed {
  tokenType: string;
  scope: string;
  issuedAt: Date;
  expiresAt: Date;
  madeWith: string;
  madeWithCredentials: string;
}

@Injectable()
export class OAuthTokenRepository {
  constructor(private readonly database: Database) {}

  async find(name: string): Promise<OAuthToken | undefined> {
    return (await this.database.manager.findOneBy(OAuthToken, { name })) ?? undefined;
  }

  /**
   * Takes the right to ask for the next token, if nobody has it, no failure holds it off, and the token is still the one
   * the caller found wanting.
   *
   * @param generation of the token that expired or was refused; `0` for none
   * @returns whether the caller has it now
   */
  async claimRefresh(
    name: string,
    lease: { id: string; until: Date; now: Date },
    generation: string,
  ): Promise<boolean> {
    const changed = await this.database.execute(
      `INSERT INTO oauth_token (name, refresh_lease_id, refresh_lease_until) VALUES ($1, $2, $3)
       ON CONFLICT (name) DO UPDATE SET refresh_lease_id = $2, refresh_lease_until = $3
       WHERE oauth_token.generation = $5
         AND (oauth_token.refresh_lease_until IS NULL OR oauth_token.refresh_lease_until <= $4)
         AND (oauth_token.retry_not_before IS NULL OR oauth_token.retry_not_before <= $4)`,
      [name, lease.id, lease.until, lease.now, generation],
    );
    return changed === 1;
  }

  /** @returns the new token's generation, or `undefined` when the lease was lost: who froze and woke up late stores nothing */
  async storeToken(name: string, leaseId: string, token: TokenToStore): Promise<string | undefined> {
    const [stored] = await this.database.rows<{ generation: string }>(
      `UPDATE oauth_token
       SET ciphertext = $3, key_id = $4, token_type = $5, scope = $6, issued_at = $7, expires_at = $8, made_with = $9,
         made_with_credentials = $10,
         generation = generation + 1, refresh_lease_id = NULL, refresh_lease_until = NULL,
         refresh_failed_at = NULL, refresh_failure = NULL, retry_not_before = NULL
       WHERE name = $1 AND refresh_lease_id = $2
       RETURNING generation`,
      [
        ...[name, leaseId, token.ciphertext, token.keyId, token.tokenType, token.scope],
        ...[token.issuedAt, token.expiresAt, token.madeWith, token.madeWithCredentials],
      ],
    );
    return stored?.generation;
  }

  /** Gives the lease back with the reason there is no new token, and holds everybody off for a moment. */
  async storeFailure(name: string, leaseId: string, failure: string, at: Date, retryNotBefore: Date): Promise<void> {
    await this.database.execute(
      `UPDATE oauth_token
       SET refresh_lease_id = NULL, refresh_lease_until = NULL,
         refresh_failed_at = $4, refresh_failure = $3, retry_not_before = $5
       WHERE name = $1 AND refresh_lease_id = $2`,
      [name, leaseId, failure, at, retryNotBefore],
    );
  }

  /** Gives the lease back as if nobody had asked. */
  async release(name: string, leaseId: string): Promise<void> {
    await this.database.execute(
      `UPDATE oauth_token SET refresh_lease_id = NULL, refresh_lease_until = NULL WHERE name = $1 AND refresh_lease_id = $2`,
      [name, leaseId],
    );
  }

  /** Makes a token expired from the start that the gateway refused, unless a newer one has taken its place. */
  async expire(name: string, generation: string): Promise<void> {
    await this.database.execute(
      'UPDATE oauth_token SET expires_at = least(expires_at, issued_at) WHERE name = $1 AND generation = $2',
      [name, generation],
    );
  }
}
