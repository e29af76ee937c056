import { Injectable } from '@nestjs/common';
import { LookupConfig } from '../../config';
import { DomainError } from '../../kernel/errors';
import { Clock, secondsAfter } from '../../platform/clock';
import { Database, wakeBilling, type SqlSession } from '../../platform/database';
import { Logger } from '../../platform/logging';
import { TransactionLookups, tells, type PaymentReference } from '../../transaction-lookup';
import { watchedSql } from './payment-watch.sql';

/** Of which charges payments are meant: a condition over `attempt`. */
export interface NamedFor {
  readonly where: string;
  readonly parameters: readonly unknown[];
}

/** A payment that was named for a charge which people ended unpaid. */
interface NamedPayment extends PaymentReference {
  orderNo: string;
  /** When the gateway told of it last. */
  toldAt: Date | null;
  /** Whether it has it, and has not given it back, by what it told last. */
  isThere: boolean;
  /** What came of asking last, whether it told anything or not. */
  lastAnswer: string | null;
}

/**
 * Payments that were named for charges which people ended unpaid. What T store didn't have then it may have now, so nobody
 * bills such a period again before it was asked anew: by a kept answer that is not old, or by asking before, with no transaction
 * open.
 */
@Injectable()
export class NamedPayments {
  constructor(
    private readonly database: Database,
    private readonly lookups: TransactionLookups,
    private readonly config: LookupConfig,
    private readonly clock: Clock,
    private readonly logger: Logger,
  ) {}

  /**
   * Asks for those of which nothing new is known, as far as the pace allows. What is not told stays so, for
   * {@link assertNotThere} to say; an account that does not answer is not asked on.
   */
  async ask(of: NamedFor, actor: string): Promise<void> {
    const silent = new Set<string>();
    let isAnyThere = false;
    for (const payment of await this.named(this.database, of)) {
      if (this.isKnownAbsent(payment) || silent.has(payment.gatewayAccount)) continue;
      try {
        const { lookup } = await this.lookups.askNow(payment, actor);
        isAnyThere ||= lookup.answer === 'found';
        if (!tells(lookup.answer)) silent.add(payment.gatewayAccount);
      } catch (error) {
        if (!(error instanceof DomainError)) throw error;
        this.logger.warn('payment not looked up', { transactionId: payment.transactionId, error });
        silent.add(payment.gatewayAccount);
      }
    }
    // Whoever checks the line raises it.
    if (isAnyThere) await wakeBilling(this.database);
  }

  /**
   * @throws {DomainError} `evidence-contradicts` when the gateway has one of them; `lookup-required` when it has not told of one
   *   lately
   */
  async assertNotThere(session: SqlSession, of: NamedFor, what: string): Promise<void> {
    const named = await this.named(session, of);
    const there = named.find(({ isThere }) => isThere);
    if (there !== undefined) {
      const { transactionId, orderNo } = there;
      const paid = `T store has payment ${transactionId}, which was named for order ${orderNo}; have T store give that back, look it up again`;
      throw new DomainError('evidence-contradicts', `${what}: ${paid}`, { transactionId, orderNo });
    }
    const unknown = named.find((payment) => !this.isKnownAbsent(payment));
    if (unknown === undefined) return;
    const { transactionId, orderNo, lastAnswer } = unknown;
    const why = `people ended order ${orderNo} unpaid, and T store has not told of its payment ${transactionId} in the last ${this.config.rebillFreshMinutes} minutes (${lastAnswer ?? 'it was not asked'})`;
    const how = 'It is asked with every try: try again when it answers, or ask its people';
    throw new DomainError('lookup-required', `${what}: ${why}. ${how}`, { transactionId, orderNo });
  }

  private named(session: SqlSession, { where, parameters }: NamedFor): Promise<NamedPayment[]> {
    return session.rows<NamedPayment>(watchedSql(where), parameters);
  }

  private isKnownAbsent({ isThere, toldAt }: NamedPayment): boolean {
    return (
      !isThere && toldAt !== null && toldAt >= secondsAfter(this.clock.now(), -60 * this.config.rebillFreshMinutes)
    );
  }
}
