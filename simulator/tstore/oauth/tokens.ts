import { randomBytes } from 'node:crypto';
import type { SimulatorClock } from '../../shared/clock';
import type { TokenExpiryFormat } from '../../options';
import { seoulCompact } from '../../shared/seoul-time';
import type { Client } from './clients';

export interface IssuedToken {
  accessToken: string;
  expired: string;
}

export type TokenFate = 'valid' | 'unknown' | 'expired' | 'revoked';

interface TokenRecord {
  client: Client;
  expiresAt: number;
  revoked: boolean;
}

/** Tokens this gateway has issued. Several may be valid at once, as on the real one. */
export class Tokens {
  private readonly records = new Map<string, TokenRecord>();

  constructor(
    private readonly clock: SimulatorClock,
    private readonly expiryFormat: TokenExpiryFormat,
  ) {}

  issue(client: Client, ttlSeconds: number): IssuedToken {
    const accessToken = randomBytes(16).toString('hex');
    const expiresAt = this.clock.now() + ttlSeconds * 1000;
    this.records.set(accessToken, { client, expiresAt, revoked: false });
    return { accessToken, expired: this.expiryText(expiresAt, ttlSeconds) };
  }

  fateOf(accessToken: string): TokenFate {
    const record = this.records.get(accessToken);
    if (!record) return 'unknown';
    if (record.revoked) return 'revoked';
    return record.expiresAt > this.clock.now() ? 'valid' : 'expired';
  }

  /** Whom a token was issued to; `null` for one that never was. */
  clientOf(accessToken: string): Client | null {
    return this.records.get(accessToken)?.client ?? null;
  }

  revoke(accessToken: string): void {
    const record = this.records.get(accessToken);
    if (record) record.revoked = true;
  }

  /** Revokes every token; resolves how many were still valid. */
  revokeAll(): number {
    let revoked = 0;
    for (const accessToken of this.records.keys()) {
      if (this.fateOf(accessToken) === 'valid') revoked += 1;
      this.revoke(accessToken);
    }
    return revoked;
  }

  get issuedCount(): number {
    return this.records.size;
  }

  private expiryText(expiresAt: number, ttlSeconds: number): string {
    if (this.expiryFormat === 'epoch-ms') return String(expiresAt);
    return this.expiryFormat === 'compact' ? seoulCompact(expiresAt) : String(ttlSeconds);
  }
}
