import type { Members } from '../../shared/http/members';
import { PortOneRefusal } from '../error-types';
import { reader } from '../http/members';
import type { PortOneRequest } from '../http/portone-call';
import type { Charging } from '../payments/charging';
import { requireSame } from '../payments/confirm-call';
import type { Means, Transaction } from '../payments/payment';
import type { BillingKey, BillingKeys } from './billing-keys';

interface Waiting {
  key: BillingKey;
  means: Means;
}

/** Issues what a window of a manual channel has authenticated, and takes the first payment with it. */
export class ConfirmKeyCalls {
  constructor(
    private readonly billingKeys: BillingKeys,
    private readonly charging: Charging,
  ) {}

  confirm(request: PortOneRequest): Members {
    const { key, means } = this.waiting(request);
    if (key.first !== null) throw new PortOneRefusal('INFORMATION_MISMATCH', 'it takes a first payment');
    this.billingKeys.issue(key, means);
    return { billingKey: key.billingKey };
  }

  confirmAndPay(request: PortOneRequest): Members {
    const { key, means } = this.waiting(request);
    const { first }: { first: Transaction | null } = key;
    if (first === null) throw new PortOneRefusal('INFORMATION_MISMATCH', 'it takes no first payment');
    requireSame(request.body, first);
    this.charging.collectOrRefuse(first, means);
    this.billingKeys.issue(key, means);
    return { billingKey: key.billingKey, paymentId: first.payment.id };
  }

  private waiting({ store, body }: PortOneRequest): Waiting {
    const token = reader.requiredText(body, 'billingIssueToken', 300);
    const key = this.billingKeys.byToken(store, token);
    if (!key?.means) throw new PortOneRefusal('BILLING_KEY_NOT_FOUND');
    if (key.issuedAt !== null) throw new PortOneRefusal('BILLING_KEY_ALREADY_ISSUED');
    const { isTest } = body;
    if (typeof isTest === 'boolean' && isTest !== (key.channel.type === 'TEST')) {
      throw new PortOneRefusal('INFORMATION_MISMATCH', 'isTest');
    }
    return { key, means: key.means };
  }
}
