import { Injectable } from '@nestjs/common';
import type { PaymentReceipt } from '../gateways';
import { Clock } from '../platform/clock';
import { Database, type SqlSession } from '../platform/database';
import { keptAnswer } from '../transaction-lookup';
import { DirectPaymentFinder } from './direct-payment-finder';
import { DirectPaymentLook, type SeenPayment } from './direct-payment-look.entity';
import type { DirectPayment } from './direct-payment.entity';

/** Asks gateways for payments, and keeps what they say: the evidence of what persons decide. */
@Injectable()
export class DirectPaymentLooks {
  constructor(
    private readonly finder: DirectPaymentFinder,
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  /** Call it with no transaction open. @throws {DomainError} as `FindsOrders.findByOrder` */
  async ask(payment: DirectPayment, actor: string): Promise<DirectPaymentLook> {
    return (await this.see(payment, actor)).look;
  }

  /** The same, with all that it said. @throws {DomainError} as {@link ask} */
  async see(payment: DirectPayment, actor: string): Promise<{ look: DirectPaymentLook; receipt?: PaymentReceipt }> {
    const answer = await this.finder.find(payment);
    const row = { directPaymentId: payment.id, ...keptAnswer(answer, seenOf), actor, at: this.clock.now() };
    const inserted = await this.database.manager.insert(DirectPaymentLook, row);
    const look = { ...row, id: String(inserted.identifiers[0]?.id) };
    return answer.kind === 'success' ? { look, receipt: answer.value } : { look };
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
