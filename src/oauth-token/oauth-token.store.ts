import { Injectable } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { TstoreConfig } from '../config';
import { TstoreClient, type GatewayAnswer, type IssuedToken } from '../gateways/tstore';
import { DomainError } from '../kernel/errors';
import { Clock, secondsAfter } from '../platform/clock';
import { KeyRing } from '../platform/crypto';
import { Logger } from '../platform/logging';
import type { OAuthToken } from './oauth-token.entity';
import { OAuthTokenRepository } from './oauth-token.repository';

/** A token that may be used now. */
export interface AccessToken {
  /** A secret: it goes into the Authorization header and nowhere else. */
  value: string;
  /** Names this token when it was refused. */
  generation: string;
}

/** Nobody asks again so soon after a failure: many replicas must not knock at a door that is shut. */
const HOLD_OFF_SECONDS = 5;
/** Whoever waits for another's token request looks this often. */
const LOOK_EVERY_MS = 50;
/** A lease outlives the longest token request by this. */
const LEASE_MARGIN_SECONDS = 5;

/**
 * The gateway's access token, stored encrypted and shared by all replicas. A new one is asked for only when the old has
 * expired or was refused, by one caller at a time over all processes; the others wait for what it gets.
 */
@Injectable()
export class OAuthTokenStore {
  private readonly name: string;
  private readonly leaseSeconds: number;
  private pending: Promise<AccessToken> | undefined;

  constructor(
    private readonly repository: OAuthTokenRepository,
    private readonly client: TstoreClient,
    private readonly keys: KeyRing,
    private readonly clock: Clock,
    private readonly config: TstoreConfig,
    private readonly logger: Logger,
  ) {
    this.name = `tstore:${config.environment}:${config.clientId}`;
    const requestMs = config.connectTimeoutMs + config.answerTimeoutMs + config.idleTimeoutMs;
    this.leaseSeconds = Math.ceil(requestMs / 1000) + LEASE_MARGIN_SECONDS;
  }

  /**
   * The stored token if it will still be good for a while, else a new one.
   *
   * @throws {DomainError} `token-unavailable` when the gateway gives none; `encryption-key-unknown` or
   *   `ciphertext-invalid` when the stored one does not open
   */
  get(): Promise<AccessToken> {
    // One look for all callers of this process: the row settles it between processes.
    this.pending ??= this.currentOrNew().finally(() => (this.pending = undefined));
    return this.pending;
  }

  /** Tells that the gateway refused a token; the next caller gets a new one. */
  async invalidate(generation: string): Promise<void> {
    await this.repository.expire(this.name, generation, this.clock.now());
  }

  /**
   * Makes a call with a good token. When the gateway refuses the token, it is replaced once; the call is repeated with
   * the new one only if it may be.
   *
   * @param options.repeatable whether a second call can do no harm
   */
  async withToken<T>(
    call: (accessToken: string) => Promise<GatewayAnswer<T>>,
    options: { repeatable: boolean },
  ): Promise<GatewayAnswer<T>> {
    const token = await this.get();
    const answer = await call(token.value);
    if (answer.kind !== 'refused' || !answer.unauthorized) return answer;
    await this.invalidate(token.generation);
    if (!options.repeatable) return answer;
    return call((await this.get()).value);
  }

  private async currentOrNew(): Promise<AccessToken> {
    const giveUpAt = performance.now() + this.leaseSeconds * 1000;
    for (;;) {
      const row = await this.repository.find(this.name);
      if (row !== undefined && this.isGood(row)) return this.open(row);
      const now = this.clock.now();
      if (row?.retryNotBefore && row.retryNotBefore > now) throw unavailable(row.refreshFailure ?? '');
      const lease = { id: randomUUID(), until: secondsAfter(now, this.leaseSeconds), now };
      if (await this.repository.claimRefresh(this.name, lease, row?.generation ?? '0')) return this.refresh(lease.id);
      if (performance.now() > giveUpAt) throw unavailable('another replica is asking for one and does not finish');
      // A timer and not the clock: what is waited for is another process.
      await delay(LOOK_EVERY_MS);
    }
  }

  private isGood({ issuedAt, expiresAt }: OAuthToken): boolean {
    if (issuedAt === null || expiresAt === null) return false;
    // A token that lives no longer than the safety margin would be replaced at each call; it is used for half its life.
    const lifetimeSeconds = (expiresAt.getTime() - issuedAt.getTime()) / 1000;
    const marginSeconds = Math.min(this.config.tokenMarginSeconds, lifetimeSeconds / 2);
    return expiresAt > secondsAfter(this.clock.now(), marginSeconds);
  }

  private open({ ciphertext, keyId, generation }: OAuthToken): AccessToken {
    if (ciphertext === null || keyId === null) throw unavailable('the stored token is incomplete');
    return { value: this.keys.decrypt({ ciphertext, keyId }, identityOf(this.name)).toString('utf8'), generation };
  }

  private async refresh(leaseId: string): Promise<AccessToken> {
    const answer = await this.client.requestToken();
    if (answer.kind !== 'success') {
      const failure = answer.kind === 'refused' ? `refused: ${answer.resultMessage}` : answer.message;
      const at = this.clock.now();
      await this.repository.storeFailure(this.name, leaseId, failure, at, secondsAfter(at, HOLD_OFF_SECONDS));
      throw unavailable(failure);
    }
    return this.keep(leaseId, answer.value);
  }

  private async keep(leaseId: string, issued: IssuedToken): Promise<AccessToken> {
    const { expiresAt, tokenType, scope } = issued;
    if (issued.expiryGuessed) this.logger.warn('the token’s expiry can’t be read; taken as short-lived', { expiresAt });
    const generation = await this.repository.storeToken(this.name, leaseId, {
      ...this.keys.encrypt(issued.accessToken, identityOf(this.name)),
      tokenType,
      scope,
      issuedAt: this.clock.now(),
      expiresAt,
    });
    if (generation === undefined) throw unavailable('another replica took over while this one waited for the gateway');
    this.logger.info('access token issued', { expiresAt });
    return { value: issued.accessToken, generation };
  }
}

/** What the token's ciphertext is bound to. */
export function identityOf(name: string): string {
  return `oauth_token:${name}`;
}

function unavailable(reason: string): DomainError {
  return new DomainError('token-unavailable', `No access token from the gateway: ${reason}`);
}
