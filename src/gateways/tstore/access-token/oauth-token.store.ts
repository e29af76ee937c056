import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { TstoreConfig } from '../../../config';
import type { CredentialSet, GatewayAccounts } from '../../../gateway-account';
import type { TstoreClient } from '../api/tstore.client';
import type { GatewayAnswer } from '../../gateway';
import type { IssuedToken } from '../api/access-token';
import { DomainError } from '../../../kernel/errors';
import { secondsAfter, type Clock } from '../../../platform/clock';
import { crashPoint } from '../../../platform/crash-points';
import type { KeyRing } from '../../../platform/crypto';
import { maskText, type Logger } from '../../../platform/logging';
import type { OAuthToken } from './oauth-token.entity';
import type { OAuthTokenRepository } from './oauth-token.repository';

/** A token that may be used now. */
export interface AccessToken {
  /** A secret: it goes into the Authorization header and nowhere else. */
  value: string;
  /** Names this token when it was refused. */
  generation: string;
}

/** Nobody asks again so soon after a failure: many replicas must not knock at a door that is shut. */
export const HOLD_OFF_SECONDS = 5;
/** Whoever waits for another's token request looks this soon, then ever less often: most answers come at once. */
const FIRST_LOOK_MS = 20;
const LONGEST_LOOK_MS = 500;
/** A lease outlives the longest token request by this. */
const LEASE_MARGIN_SECONDS = 5;

type NoToken = Exclude<GatewayAnswer<IssuedToken>, { kind: 'success' }>;

/** What came of a request, and the token where there is one that this process may use. */
interface Asked {
  answer: GatewayAnswer<IssuedToken>;
  token?: AccessToken | undefined;
}

/** What a token store works with; all accounts share it. */
export interface TokenParts {
  repository: OAuthTokenRepository;
  client: TstoreClient;
  accounts: Pick<GatewayAccounts, 'credentials'>;
  keys: KeyRing;
  clock: Clock;
  config: TstoreConfig;
  logger: Logger;
}

/**
 * An account's access token, stored encrypted and shared by all replicas. A new one is asked for only when the old has
 * expired or was refused, by one caller at a time over all processes; the others wait for what it gets.
 */
export class OAuthTokenStore {
  /** For a whole token request; also ends one whose answer trickles in for ever. */
  private readonly requestTimeoutMs: number;
  private readonly leaseSeconds: number;
  private readonly logger: Logger;
  private pending: Promise<AccessToken> | undefined;

  constructor(
    /** The gateway account it is of. */
    private readonly name: string,
    private readonly parts: TokenParts,
  ) {
    const { config, logger } = parts;
    this.logger = logger.child({ account: name });
    this.requestTimeoutMs = config.connectTimeoutMs + config.answerTimeoutMs;
    this.leaseSeconds = Math.ceil(this.requestTimeoutMs / 1000) + LEASE_MARGIN_SECONDS;
  }

  /**
   * The stored token if it will still be good for a while, else a new one.
   *
   * @throws {DomainError} `gateway-not-configured`, `gateway-account-unusable`; `token-unavailable` when the gateway gives none; `encryption-key-unknown` or
   *   `ciphertext-invalid` when the stored one does not open
   */
  get(): Promise<AccessToken> {
    // One look for all callers of this process: the row settles it between processes.
    return (this.pending ??= this.startLook());
  }

  /** Tells that the gateway refused a token; the next caller gets a new one. */
  async invalidate(generation: string): Promise<void> {
    await this.parts.repository.expire(this.name, generation);
    await crashPoint('token.invalidated');
    // A look that began before this may still come back with the refused token.
    this.pending = undefined;
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

  /** Whether there is a good token that was had by these very secrets. */
  async hasTokenOf(set: CredentialSet): Promise<boolean> {
    const row = await this.parts.repository.find(this.name);
    return row?.madeWithCredentials === set.print && this.isGood(row, [set]);
  }

  /**
   * Asks for a new token now with some of the account's secrets, however good the stored one is. A new token takes the place of the
   * stored one. A failure leaves that as it is, and is kept only as far as it would be whoever asked: a refusal of secrets beside
   * which the account has no others.
   *
   * @returns `undefined` when nobody may ask at this moment: another is asking, or failed just now
   */
  async askWith(set: CredentialSet): Promise<GatewayAnswer<IssuedToken> | undefined> {
    const sets = await this.parts.accounts.credentials(this.name);
    const leaseId = await this.claim(await this.parts.repository.find(this.name));
    if (leaseId === undefined) return undefined;
    const { answer } = await this.request(leaseId, [set]);
    if (answer.kind === 'refused' && sets.length === 1) await this.keepFailure(leaseId, answer);
    else if (answer.kind !== 'success') await this.parts.repository.release(this.name, leaseId);
    return answer;
  }

  private startLook(): Promise<AccessToken> {
    const look = this.currentOrNew().finally(() => {
      if (this.pending === look) this.pending = undefined;
    });
    return look;
  }

  private async currentOrNew(): Promise<AccessToken> {
    const giveUpAt = performance.now() + this.leaseSeconds * 1000;
    for (let waitMs = FIRST_LOOK_MS; ; waitMs = Math.min(waitMs * 2, LONGEST_LOOK_MS)) {
      const sets = await this.parts.accounts.credentials(this.name);
      const row = await this.parts.repository.find(this.name);
      if (row !== undefined && this.isGood(row, sets)) return this.open(row);
      if (row !== undefined && this.isHeldOff(row)) throw unavailable(row.refreshFailure ?? 'held off');
      const token = await this.claimAndRefresh(row, sets);
      if (token !== undefined) return token;
      if (performance.now() > giveUpAt) throw unavailable('another replica is asking for one and does not finish');
      // A timer and not the clock: what is waited for is another process.
      await delay(waitMs);
    }
  }

  /** @returns `undefined` when another replica is at it, or took it over meanwhile: its token is in the row, or will be */
  private async claimAndRefresh(
    row: OAuthToken | undefined,
    sets: readonly CredentialSet[],
  ): Promise<AccessToken | undefined> {
    const leaseId = await this.claim(row);
    if (leaseId === undefined) return undefined;
    const { answer, token } = await this.ask(leaseId, sets);
    if (answer.kind !== 'success') throw unavailable(failureOf(answer));
    return token;
  }

  /** @returns the lease to ask for the next token with; `undefined` when another has it, or a failure holds it off */
  private async claim(row: OAuthToken | undefined): Promise<string | undefined> {
    const now = this.parts.clock.now();
    // The claim would be refused but lock the row for a moment, which its holder is about to write.
    if (row?.refreshLeaseUntil && row.refreshLeaseUntil > now) return undefined;
    const lease = { id: randomUUID(), until: secondsAfter(now, this.leaseSeconds), now };
    const claimed = await this.parts.repository.claimRefresh(this.name, lease, row?.generation ?? '0');
    if (!claimed) return undefined;
    await crashPoint('token.lease-committed');
    return lease.id;
  }

  private isHeldOff({ retryNotBefore }: OAuthToken): boolean {
    return retryNotBefore !== null && retryNotBefore > this.parts.clock.now();
  }

  private isGood({ issuedAt, expiresAt, madeWith }: OAuthToken, sets: readonly CredentialSet[]): boolean {
    if (!sets.some(({ key }) => key === madeWith)) return false;
    // Both are the same in a token that was refused: it is no good by anybody's clock.
    if (issuedAt === null || expiresAt === null || expiresAt <= issuedAt) return false;
    // A token that lives no longer than the safety margin would be replaced at each call; it is used for half its life.
    const lifetimeSeconds = (expiresAt.getTime() - issuedAt.getTime()) / 1000;
    const marginSeconds = Math.min(this.parts.config.tokenMarginSeconds, lifetimeSeconds / 2);
    return expiresAt > secondsAfter(this.parts.clock.now(), marginSeconds);
  }

  private open({ ciphertext, keyId, generation }: OAuthToken): AccessToken {
    if (ciphertext === null || keyId === null) throw unavailable('the stored token is incomplete');
    return {
      value: this.parts.keys.decrypt({ ciphertext, keyId }, identityOf(this.name)).toString('utf8'),
      generation,
    };
  }

  /** Asks under a lease, and keeps what comes of it. */
  private async ask(leaseId: string, sets: readonly CredentialSet[]): Promise<Asked> {
    const asked = await this.request(leaseId, sets);
    if (asked.answer.kind !== 'success') await this.keepFailure(leaseId, asked.answer);
    return asked;
  }

  /**
   * Asks, and keeps a token. While secrets are rotated the new may not work yet, or the old not any more: those that are refused are
   * followed by the next older.
   */
  private async request(leaseId: string, sets: readonly CredentialSet[]): Promise<Asked> {
    const signal = AbortSignal.timeout(this.requestTimeoutMs);
    let answer: NoToken | undefined;
    for (const set of sets) {
      const { clientId = '', clientSecret = '' } = set.secrets;
      if (answer !== undefined) this.logger.warn('the newer secrets were refused; the older are tried');
      const given = await this.parts.client.requestToken({ clientId, clientSecret }, signal);
      await crashPoint('token.answered');
      if (given.kind === 'success') return { answer: given, token: await this.keep(leaseId, given.value, set) };
      answer = given;
      if (given.kind === 'unknown') break;
    }
    if (answer === undefined) throw unavailable('the account has no secrets');
    return { answer };
  }

  private async keepFailure(leaseId: string, answer: NoToken): Promise<void> {
    const reason = failureOf(answer);
    const at = this.parts.clock.now();
    await this.parts.repository.storeFailure(this.name, leaseId, reason, at, secondsAfter(at, HOLD_OFF_SECONDS));
    await crashPoint('token.failure-stored');
    this.logger.warn('no access token from the gateway', { reason, retryInSeconds: HOLD_OFF_SECONDS });
  }

  private async keep(
    leaseId: string,
    issued: IssuedToken,
    { key, print }: CredentialSet,
  ): Promise<AccessToken | undefined> {
    const { expiresAt, tokenType, scope, expiryText } = issued;
    if (issued.expiryGuessed) {
      this.logger.warn('the token’s expiry can’t be read; taken as short-lived', { expiresAt, expiryText });
    }
    const generation = await this.parts.repository.storeToken(this.name, leaseId, {
      ...this.parts.keys.encrypt(issued.accessToken, identityOf(this.name)),
      tokenType,
      scope,
      issuedAt: this.parts.clock.now(),
      expiresAt,
      madeWith: key,
      madeWithCredentials: print,
    });
    if (generation === undefined) {
      this.logger.warn('access token dropped: another replica took over while this one waited for the gateway');
      return undefined;
    }
    await crashPoint('token.stored');
    this.logger.info('access token issued', { expiresAt });
    return { value: issued.accessToken, generation };
  }
}

/** What the token's ciphertext is bound to; re-encryption makes the same in SQL. */
function identityOf(name: string): string {
  return `oauth_token:${name}`;
}

/** What the system calls a failed connection: for the log line of the call, not for who reads an answer of ours. */
const SYSTEM_CODE = / \(E[A-Z_]+\)$/;

/** Masked, because the text is the other side's and goes into the database, the log and the error. */
export function failureOf(answer: NoToken): string {
  if (answer.kind === 'unknown') return maskText(answer.message).replace(SYSTEM_CODE, '');
  return maskText(`refused with HTTP ${answer.httpStatus}: ${answer.resultMessage}`);
}

function unavailable(reason: string): DomainError {
  return new DomainError('token-unavailable', `No access token from the gateway: ${reason}`);
}
