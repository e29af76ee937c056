import { Injectable } from '@nestjs/common';
import { hash } from 'node:crypto';
import { LookupConfig } from '../config';
import { TstoreClient, type GatewayAnswer, type GatewayTransaction, OAuthTokenStore } from '../gateways/tstore';
import { DomainError } from '../kernel/errors';
import { Clock, secondsAfter } from '../platform/clock';
import { crashPoint } from '../platform/crash-points';
import { Database } from '../platform/database';
import { Pacer } from '../platform/pace';
import { TransactionLookup, type FoundTransaction } from './transaction-lookup.entity';

/** What T store said just now: kept, and with what may not be kept. */
export interface FreshLookup {
  lookup: TransactionLookup;
  answer: GatewayAnswer<GatewayTransaction>;
}

type Kept = Pick<TransactionLookup, 'answer' | 'found' | 'message'>;

/**
 * The one way to ask T store for a transaction, whoever wants to know. T store blocks merchants who ask too much: an answer
 * is shared by all replicas while it is fresh, and all of them together keep one pace.
 */
@Injectable()
export class TransactionLookups {
  constructor(
    private readonly database: Database,
    private readonly tokens: OAuthTokenStore,
    private readonly client: TstoreClient,
    private readonly pacer: Pacer,
    private readonly config: LookupConfig,
    private readonly clock: Clock,
  ) {}

  /** A fresh answer, or else a new one. @throws {DomainError} as {@link askNow} */
  async lookUp(transactionId: string, actor: string): Promise<TransactionLookup> {
    const latest = await this.latest(transactionId);
    const freshFrom = secondsAfter(this.clock.now(), -this.config.freshSeconds);
    // That T store could not be asked is nothing to give again.
    if (latest !== undefined && latest.answer !== 'unknown' && latest.at > freshFrom) return latest;
    return (await this.askNow(transactionId, actor)).lookup;
  }

  /**
   * Asks T store whatever was answered before, and keeps what it says.
   *
   * @throws {DomainError} `lookup-rate-limited` naming `retryAfterSeconds`; `token-unavailable`
   */
  async askNow(transactionId: string, actor: string): Promise<FreshLookup> {
    await this.keepPace();
    await crashPoint('lookup.turn-taken');
    const answer = await this.tokens.withToken((token) => this.client.transaction(transactionId, token), {
      repeatable: true,
    });
    await crashPoint('lookup.answered');
    const row = { transactionId, ...this.keptOf(answer), actor, at: this.clock.now() };
    const inserted = await this.database.manager.insert(TransactionLookup, row);
    await crashPoint('lookup.kept');
    return { lookup: { ...row, id: String(inserted.identifiers[0]?.id) }, answer };
  }

  /** What T store said once. @throws {DomainError} `internal-error`: whoever names a lookup has made it */
  async get(id: string): Promise<TransactionLookup> {
    const lookup = await this.database.manager.findOneBy(TransactionLookup, { id });
    if (lookup === null) throw new DomainError('internal-error', `there is no transaction lookup ${id}`);
    return lookup;
  }

  /** What T store said last. */
  async latest(transactionId: string): Promise<TransactionLookup | undefined> {
    const query = { where: { transactionId }, order: { id: 'DESC' } } as const;
    return (await this.database.manager.findOne(TransactionLookup, query)) ?? undefined;
  }

  private async keepPace(): Promise<void> {
    const { perMinute } = this.config;
    // Ten seconds' worth at once: a person who compares some payments should not wait for each.
    const freeAt = await this.pacer.take({ name: 'tstore-lookup', perMinute, burst: Math.ceil(perMinute / 6) });
    if (freeAt === undefined) return;
    const retryAfterSeconds = Math.max(1, Math.ceil((freeAt.getTime() - this.clock.now().getTime()) / 1000));
    throw new DomainError(
      'lookup-rate-limited',
      `T store is asked ${perMinute} times a minute at most; ask again in ${retryAfterSeconds} s`,
      { retryAfterSeconds },
    );
  }

  private keptOf(answer: GatewayAnswer<GatewayTransaction>): Kept {
    switch (answer.kind) {
      case 'success':
        return { answer: 'found', found: this.foundOf(answer.value), message: null };
      case 'refused':
        return { answer: 'refused', found: null, message: answer.resultMessage };
      case 'unknown':
        return { answer: 'unknown', found: null, message: answer.message };
    }
  }

  /** The payer's key is a secret, and nobody needs it once the answer is used: what is kept is its hash, where it is a token. */
  private foundOf({ payerAuthKey, updatedAt, ...shown }: GatewayTransaction): FoundTransaction {
    const isToken = this.config.authKeyIsBillingToken && payerAuthKey !== null;
    return {
      ...shown,
      updatedAt: updatedAt?.toISOString() ?? null,
      ...(isToken && { billingTokenHash: hash('sha256', payerAuthKey) }),
    };
  }
}
