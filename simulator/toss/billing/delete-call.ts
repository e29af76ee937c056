import type { SimulatorClock } from '../../shared/clock';
import { TossRefusal } from '../error-codes';
import { ok, type TossAnswer, type TossRequest } from '../http/toss-call';
import type { Webhooks } from '../webhooks/webhooks';
import type { BillingKey, BillingKeys } from './billing-keys';

export class DeleteCall {
  constructor(
    private readonly clock: SimulatorClock,
    private readonly billingKeys: BillingKeys,
    private readonly webhooks: Webhooks,
  ) {}

  /** 200 with an empty body. */
  handle({ merchant, parameters: [billingKey = ''] }: TossRequest): TossAnswer {
    const key = this.billingKeys.find(billingKey);
    if (key?.merchant !== merchant) throw new TossRefusal('NOT_FOUND_BILLING_KEY');
    if (key.deletedAt !== null) throw new TossRefusal('ALREADY_REMOVED_BILLING_KEY');
    this.delete(key, 'MERCHANT_REQUEST');
    return ok(null);
  }

  /** By the merchant, or by the customer, the card company or a person at Toss. */
  delete(key: BillingKey, reason: string): void {
    key.deletedAt = this.clock.now();
    this.webhooks.billingDeleted(key.merchant, key.billingKey, reason);
  }
}
