import { Injectable } from '@nestjs/common';
import { timingSafeEqual } from 'node:crypto';
import { Logger } from '../../platform/logging';
import type { ApiKey, StoredApiKey } from './api-key';
import { ApiKeyRepository } from './api-key.repository';
import { KeySignature } from './key-signature';
import type { KeyToken } from './key-token';

/** Keys in use at once; of more, the oldest are looked up like keys nobody has seen. */
const MOST_KNOWN = 1_000;

/**
 * Finds the key a token is of. One read by primary key each, so that a revoked key ends at once.
 *
 * Of a sender who was wrong too often, tokens that were not right before are looked up one after another: a flood of guesses
 * has one connection to wait for, and a right key among them is still let in.
 */
@Injectable()
export class KeyLookup {
  /** Hashes of the secrets that were right, by the id of the key. */
  private readonly known = new Map<string, Buffer>();
  private lane: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly keys: ApiKeyRepository,
    private readonly signature: KeySignature,
    private readonly logger: Logger,
  ) {}

  /** @returns `undefined` for a key that is not there or not ours, or another secret */
  async find({ id, secretSha256 }: KeyToken, isOfSuspect: boolean): Promise<ApiKey | undefined> {
    const known = this.known.get(id);
    const wasRight = known !== undefined && timingSafeEqual(known, secretSha256);
    const key = isOfSuspect && !wasRight ? await this.inTurn(id) : await this.keys.findStored(id);
    if (key === undefined || !timingSafeEqual(key.secretSha256, secretSha256)) return undefined;
    if (!this.signature.isGenuine(key)) {
      this.logger.error('API key refused: its row in the database was not written by this service', { keyId: id });
      return undefined;
    }
    this.remember(id, secretSha256);
    return key;
  }

  private inTurn(id: string): Promise<StoredApiKey | undefined> {
    const found = this.lane.then(() => this.keys.findStored(id));
    this.lane = found.catch(() => undefined);
    return found;
  }

  private remember(id: string, secretSha256: Buffer): void {
    this.known.delete(id);
    this.known.set(id, secretSha256);
    const [oldest] = this.known.keys();
    if (this.known.size > MOST_KNOWN && oldest !== undefined) this.known.delete(oldest);
  }
}
