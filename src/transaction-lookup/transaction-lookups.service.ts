import { Injectable } from '@nestjs/common';
import { LookupConfig } from '../config';
import { Gateways, type GatewayAnswer, type GatewayName, type LookedUpPayment } from '../gateways';
import { GatewayAccounts, type GatewayAccount } from '../gateway-account';
import { DomainError } from '../kernel/errors';
import { Clock, secondsAfter } from '../platform/clock';
import { crashPoint } from '../platform/crash-points';
import { Database, type SqlSession } from '../platform/database';
import { Pacer, paceWithin } from '../platform/pace';
import { keptAnswer } from './kept-answer';
import { TransactionLookup, tells, type FoundTransaction } from './transaction-lookup.entity';

/** A payment at its gateway. */
export interface PaymentReference {
  gateway: GatewayName;
  /** The account that collected it, and is asked. */
  gatewayAccount: string;
  transactionId: string;
}

/** What the gateway said just now: kept, and with what may not be kept. */
export interface FreshLookup {
  lookup: TransactionLookup;
  answer: GatewayAnswer<LookedUpPayment>;
}

/**
 * The one way to ask a gateway for a transaction, whoever wants to know. The gateway blocks merchants who ask too much: an answer
 * is shared by all replicas while it is fresh, and all of them together keep the pace of each account.
 */
@Injectable()
export class TransactionLookups {
  constructor(
    private readonly database: Database,
    private readonly gateways: Gateways,
    private readonly accounts: GatewayAccounts,
    private readonly pacer: Pacer,
    private readonly config: LookupConfig,
    private readonly clock: Clock,
  ) {}

  /** A fresh answer, or else a new one. @throws {DomainError} as {@link askNow} */
  async lookUp(payment: PaymentReference, actor: string): Promise<TransactionLookup> {
    const latest = await this.latest(payment);
    const freshFrom = secondsAfter(this.clock.now(), -this.config.freshSeconds);
    // What says nothing of the payment is nothing to give again.
    if (latest !== undefined && tells(latest.answer) && latest.at > freshFrom) return latest;
    return (await this.askNow(payment, actor)).lookup;
  }

  /**
   * Asks the gateway whatever was answered before, and keeps what it says.
   *
   * @throws {DomainError} `lookup-rate-limited` naming `retryAfterSeconds`; `gateway-not-configured`, `gateway-account-unusable`, `token-unavailable`
   */
  async askNow(payment: PaymentReference, actor: string): Promise<FreshLookup> {
    await this.keepPace(await this.accounts.require(payment.gatewayAccount, 'set-up'));
    return this.ask(payment, actor);
  }

  /**
   * The same for who has many to ask about: they take half of the pace at most, so that whoever has one finds a turn.
   *
   * @returns when a turn is free, where none is now: nothing was asked
   * @throws {DomainError} as {@link askNow}, but no `lookup-rate-limited`
   */
  async askInTurn(payment: PaymentReference, actor: string): Promise<FreshLookup | Date> {
    const account = await this.accounts.require(payment.gatewayAccount, 'set-up');
    const pace = paceWithin(`lookups:${account.id}`, Math.max(1, this.perMinuteOf(account) / 2));
    const freeAt = (await this.pacer.take(pace)) ?? (await this.turnAt(account));
    return freeAt ?? this.ask(payment, actor);
  }

  private async ask(payment: PaymentReference, actor: string): Promise<FreshLookup> {
    const { gateway, gatewayAccount, transactionId } = payment;
    await crashPoint('lookup.turn-taken');
    const answer = await this.gateways.finding(gateway).find({ account: gatewayAccount, transactionId });
    await crashPoint('lookup.answered');
    const row = { gateway, gatewayAccount, transactionId, ...keptAnswer(answer, foundOf), actor, at: this.clock.now() };
    const inserted = await this.database.manager.insert(TransactionLookup, row);
    await crashPoint('lookup.kept');
    return { lookup: { ...row, id: String(inserted.identifiers[0]?.id) }, answer };
  }

  /** What the gateway said once. @throws {DomainError} `internal-error`: whoever names a lookup has made it */
  async get(id: string, session: SqlSession = this.database): Promise<TransactionLookup> {
    const lookup = await session.manager.findOneBy(TransactionLookup, { id });
    if (lookup === null) throw new DomainError('internal-error', `there is no transaction lookup ${id}`);
    return lookup;
  }

  /** What the gateway said last. */
  async latest(
    { gateway, gatewayAccount, transactionId }: PaymentReference,
    session: SqlSession = this.database,
  ): Promise<TransactionLookup | undefined> {
    const query = { where: { gateway, gatewayAccount, transactionId }, order: { id: 'DESC' } } as const;
    return (await session.manager.findOne(TransactionLookup, query)) ?? undefined;
  }

  private async keepPace(account: GatewayAccount): Promise<void> {
    const freeAt = await this.turnAt(account);
    if (freeAt === undefined) return;
    const retryAfterSeconds = Math.max(1, Math.ceil((freeAt.getTime() - this.clock.now().getTime()) / 1000));
    throw new DomainError(
      'lookup-rate-limited',
      `The gateway is asked ${this.perMinuteOf(account)} times a minute at most; ask again in ${retryAfterSeconds} s`,
      { retryAfterSeconds },
    );
  }

  /** Takes a turn. @returns when one is free, where none is now */
  private turnAt(account: GatewayAccount): Promise<Date | undefined> {
    const perMinute = this.perMinuteOf(account);
    // Ten seconds' worth at once: a person who compares some payments should not wait for each.
    return this.pacer.take({ name: `lookup:${account.id}`, perMinute, burst: Math.ceil(perMinute / 6) });
  }

  private perMinuteOf({ lookupsPerMinute }: GatewayAccount): number {
    return lookupsPerMinute ?? this.config.perMinute;
  }
}

function foundOf({ payment: { updatedAt, ...shown } }: LookedUpPayment): FoundTransaction {
  return { ...shown, updatedAt: updatedAt?.toISOString() ?? null };
}
