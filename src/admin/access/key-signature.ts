import { Injectable } from '@nestjs/common';
import { KeyRing, type Mac } from '../../platform/crypto';
import type { ApiKey, StoredApiKey } from './api-key';

const IDENTITY = 'api_key';

/**
 * Tells keys that this service has made, and left as they are, from rows that somebody else has written: what a key may do
 * stands in the database, and who can write there must not be able to make, widen, prolong or revive one.
 */
@Injectable()
export class KeySignature {
  constructor(private readonly keys: KeyRing) {}

  of(key: ApiKey & { secretSha256: Buffer }): Mac {
    return this.keys.sign(textOf(key), IDENTITY);
  }

  /** Over the values that are used, not over what the database says of itself. */
  isGenuine(key: StoredApiKey): boolean {
    const { mac, macKeyId } = key;
    return mac !== null && macKeyId !== null && this.keys.isSigned(textOf(key), IDENTITY, { keyId: macKeyId, mac });
  }
}

/** All of a row but its last use, in one way of writing. */
function textOf(key: ApiKey & { secretSha256: Buffer }): string {
  return JSON.stringify([
    ...[key.id, key.name, key.owner, key.statedOwner, key.role, key.scopes, key.secretSha256.toString('hex')],
    ...[key.createdBy, key.createdByKeyId, instant(key.createdAt), instant(key.expiresAt)],
    ...[instant(key.revokedAt), key.revokedBy, key.revocationReason],
  ]);
}

/** The driver reads PostgreSQL's `infinity` as a number, which no instant of ours is. */
function instant(value: Date | number | null): string | null {
  return value instanceof Date ? value.toISOString() : value === null ? null : String(value);
}
