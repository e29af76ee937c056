import { Injectable } from '@nestjs/common';
import { SERVICE } from '../approval';
import { DomainError } from '../kernel/errors';
import { NOTHING_DUE, ONE_DONE, type StepReport } from '../kernel/step-report';
import { Clock, secondsAfter } from '../platform/clock';
import { crashPoint } from '../platform/crash-points';
import { Database, type SqlSession } from '../platform/database';
import { Logger } from '../platform/logging';
import { Refunds } from '../refund';
import { PaymentNotOwed } from './payment-not-owed.entity';

/** Nobody loses by so long a wait, and what was told in the wrong order has come by then. */
const WAIT_SECONDS = 600;

const REASON = 'its order was canceled, or is paid by another payment';

interface DuePayment {
  id: string;
  orderNo: string;
}

/**
 * Gives back by rule, and once, what was paid for an order that doesn't owe it. It is a refund like any other: the payment is looked
 * up before it is sent, and above what one person may order a second one agrees. Where it can't be asked for without a person, as
 * of a deposit, whose account only its customer knows, it is left to people.
 */
@Injectable()
export class OrderGiveBacks {
  constructor(
    private readonly refunds: Refunds,
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly logger: Logger,
  ) {}

  /** Notes one, in the transaction that records it as paid. */
  async note(session: SqlSession, directPaymentId: string, at: Date): Promise<void> {
    await session.manager.insert(PaymentNotOwed, { directPaymentId, foundAt: at });
  }

  async runOnce(): Promise<StepReport> {
    const due = await this.due();
    if (due === undefined) return NOTHING_DUE;
    await crashPoint('give-back.found');
    const refused = await this.askBack(due);
    await crashPoint('give-back.asked');
    const askedBackAt = refused === undefined ? this.clock.now() : null;
    await this.database.manager.update(
      PaymentNotOwed,
      { directPaymentId: due.id },
      { askedBackAt, leftBecause: refused ?? null },
    );
    await crashPoint('give-back.recorded');
    return ONE_DONE;
  }

  /** @returns why it can't be asked for */
  private async askBack({ id, orderNo }: DuePayment): Promise<string | undefined> {
    try {
      // Under one reference it is one refund, whoever asks for it again.
      await this.refunds.request(orderNo, { reason: REASON, reference: `not-owed-${id}`, by: SERVICE });
      return undefined;
    } catch (error) {
      if (!(error instanceof DomainError)) throw error;
      this.logger.error('a payment that no order owes is left to people', {
        directPaymentId: id,
        reason: error.message,
      });
      return error.message;
    }
  }

  private async due(): Promise<DuePayment | undefined> {
    const [due] = await this.database.rows<DuePayment>(
      `SELECT payment.id, charge.order_no AS "orderNo"
       FROM payment_not_owed AS not_owed JOIN direct_payment AS payment ON payment.id = not_owed.direct_payment_id
       JOIN charge ON charge.id = payment.charge_id
       WHERE not_owed.asked_back_at IS NULL AND not_owed.left_because IS NULL AND not_owed.found_at <= $1
       ORDER BY not_owed.found_at LIMIT 1`,
      [secondsAfter(this.clock.now(), -WAIT_SECONDS)],
    );
    return due;
  }
}
