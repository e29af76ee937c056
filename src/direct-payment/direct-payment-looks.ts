import { Injectable } from '@nestjs/common';
import type { GatewayAnswer, PaymentReceipt } from '../gateways';
import { Clock, secondsAfter } from '../platform/clock';
import { Database, type SqlSession } from '../platform/database';
import { keptAnswer } from '../transaction-lookup';
import { DirectPaymentFinder } from './direct-payment-finder';
import { DirectPaymentLook, type SeenPayment } from './direct-payment-look.entity';
import type { DirectPayment } from './direct-payment.entity';

/** How long a charge may be on its way before it counts for something that its method shows none. */
const HINT_AFTER_SECONDS = 30 * 60;

/** Asks gateways for payments, and keeps what they say: the evidence of what persons decide. */
@Injectable()
export class DirectPaymentLooks {
  constructor(
    private readonly finder: DirectPaymentFinder,
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  /** Call it with no transaction open. @throws {DomainError} as `FindsOrders.findByOrder` */
  async ask(payment: DirectPayment, actor: string, transactionId?: string): Promise<DirectPaymentLook> {
    return (await this.see(payment, actor, transactionId)).look;
  }

  /** The same, with all that it said. @throws {DomainError} as {@link ask} */
  async see(
    payment: DirectPayment,
    actor: string,
    transactionId?: string,
  ): Promise<{ look: DirectPaymentLook; receipt?: PaymentReceipt }> {
    const canFind = transactionId !== undefined || this.finder.canFind(payment);
    const answer = canFind ? await this.finder.find(payment, transactionId) : await this.guess(payment);
    const row = { directPaymentId: payment.id, ...keptAnswer(answer, seenOf), actor, at: this.clock.now() };
    const inserted = await this.database.manager.insert(DirectPaymentLook, row);
    const look = { ...row, id: String(inserted.identifiers[0]?.id) };
    return answer.kind === 'success' ? { look, receipt: answer.value } : { look };
  }

  /**
   * What may be said of one that can't be looked up: that there is none, where the method was not charged since and long enough has
   * passed; nothing else.
   */
  private async guess(payment: DirectPayment): Promise<GatewayAnswer<PaymentReceipt>> {
    const hint = await this.finder.hint(payment);
    const message = hint?.inWords ?? 'the gateway can’t be asked about what it has not answered';
    const isLate = payment.sentAt !== null && this.clock.now() >= secondsAfter(payment.sentAt, HINT_AFTER_SECONDS);
    if (hint?.isSince === false && isLate) {
      return { kind: 'refused', httpStatus: 200, resultMessage: message, unauthorized: false, notFound: true };
    }
    return { kind: 'unknown', reason: 'undecided', message, mayHaveArrived: true };
  }

  /** Newest first. */
  list(directPaymentId: string, limit: number): Promise<DirectPaymentLook[]> {
    const query = { where: { directPaymentId }, order: { id: 'DESC' }, take: limit } as const;
    return this.database.manager.find(DirectPaymentLook, query);
  }

  /** What it said last. */
  async latest(session: SqlSession, directPaymentId: string): Promise<DirectPaymentLook | undefined> {
    const query = { where: { directPaymentId }, order: { id: 'DESC' } } as const;
    return (await session.manager.findOne(DirectPaymentLook, query)) ?? undefined;
  }
}

function seenOf(receipt: PaymentReceipt): SeenPayment {
  const { transactionId, orderNo, amount, currency, standing, resultCode, resultMessage } = receipt;
  return { transactionId, orderNo, amount, currency, standing, resultCode, resultMessage };
}
