import { Injectable } from '@nestjs/common';
import { Batcher } from '../platform/work';
import { tells } from '../transaction-lookup';
import { DirectPaymentFinder } from './direct-payment-finder';
import { DirectPaymentWatch } from './direct-payment-watch';
import type { DirectPayment } from './direct-payment.entity';
import { DirectPaymentRepository } from './direct-payment.repository';

const ACTOR = 'send-payment';

/**
 * Looks once more at what was declined before the same period is charged again: a no was held against the gateway's record when it
 * came, and that may have been behind.
 */
@Injectable()
export class EarlierAttempts {
  private readonly together = new Batcher<DirectPayment, readonly DirectPayment[]>(async (payments) => {
    const before = await this.payments.declinedBefore(payments);
    return payments.map(({ id }) => before.get(id) ?? []);
  });

  constructor(
    private readonly payments: DirectPaymentRepository,
    private readonly finder: DirectPaymentFinder,
    private readonly watch: DirectPaymentWatch,
  ) {}

  /**
   * Call it with no transaction open, before a payment is sent first. One that the gateway has as paid stops the line.
   *
   * @throws {Error} where the gateway does not tell; {DomainError} as `FindsOrders.findByOrder`
   */
  async lookAgain(payment: DirectPayment): Promise<void> {
    if (payment.origin !== 'method' || payment.sentAt !== null) return;
    for (const earlier of await this.together.do(payment)) {
      if (!this.finder.canFind(earlier)) continue;
      const { look } = await this.watch.lookNow(earlier, ACTOR);
      if (tells(look.answer)) continue;
      throw new Error(
        `order ${earlier.orderNo} was declined before, and can't be looked up: ${look.message ?? look.answer}`,
      );
    }
  }
}
