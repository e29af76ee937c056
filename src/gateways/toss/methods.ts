import { Injectable } from '@nestjs/common';
import type { IssuedMethod, MethodCharge, MethodOrder, MethodSecret, MethodWindowOrder } from '../collection';
import type { CheckoutWindow, GatewayAnswer, PaymentAnswer } from '../gateway';
import type { ChargesMethods, IssuesMethods, PreparedMethod, PreparedPayment } from '../ports';
import { unknown } from '../reading';
import type { TossCall } from './api/requests';
import { TossClient } from './api/toss.client';
import { asReceipt } from './receipts';
import { TossAccounts } from './toss-accounts';
import { IDEMPOTENCY_HOURS, LONGEST_NAME, cut } from './wire';

/** Charges billing keys at Toss, one by one. */
@Injectable()
export class TossMethodCharges implements ChargesMethods {
  readonly sameCallForHours = IDEMPOTENCY_HOURS;
  readonly longestCallMs: number;

  constructor(
    private readonly accounts: TossAccounts,
    private readonly client: TossClient,
  ) {
    this.longestCallMs = accounts.longestCallMs;
  }

  async prepare(charge: MethodCharge): Promise<PreparedPayment> {
    const { account, method, orderNo, amount, taxFreeAmount, productName, idempotencyKey, sentBy } = charge;
    const { key, secretKey } = await this.accounts.keyFor(account, sentBy);
    const request = {
      ...{ customerKey: method.customerKey, amount, taxFreeAmount },
      ...{ orderId: orderNo, orderName: cut(productName, LONGEST_NAME) },
    };
    const call = { account, secretKey, idempotencyKey };
    const send = async () => asReceipt(await this.client.chargeBillingKey(method.methodKey, request, call));
    return { idempotencyKey, sentBy: key, send };
  }
}

/** Has billing keys issued at Toss, and deleted. */
@Injectable()
export class TossMethods implements IssuesMethods {
  readonly sameCallForHours = IDEMPOTENCY_HOURS;
  readonly longestCallMs: number;

  constructor(
    private readonly accounts: TossAccounts,
    private readonly client: TossClient,
  ) {
    this.longestCallMs = accounts.longestCallMs;
  }

  /** What Toss's own script is called with; the page chooses card or account (docs/protocol/toss.md, section 5). */
  async window({ account, customerKey, successUrl, failUrl }: MethodWindowOrder): Promise<CheckoutWindow> {
    return { clientKey: await this.accounts.clientKeyOf(account), customerKey, successUrl, failUrl };
  }

  async prepare(order: MethodOrder): Promise<PreparedMethod> {
    const { account, authKey, customerKey, idempotencyKey, sentBy } = order;
    const { key, secretKey } = await this.accounts.keyFor(account, sentBy);
    const send = () => this.issue({ authKey, customerKey }, { account, secretKey, idempotencyKey });
    return { idempotencyKey, sentBy: key, send };
  }

  remove(account: string, { methodKey }: Pick<MethodSecret, 'methodKey'>): Promise<GatewayAnswer<null>> {
    return this.accounts.asking(account, (secretKey) =>
      this.client.deleteBillingKey(methodKey, { account, secretKey }),
    );
  }

  private async issue(
    request: { authKey: string; customerKey: string },
    call: TossCall,
  ): Promise<PaymentAnswer<IssuedMethod>> {
    const answer = await this.client.issueBillingKey(request, call);
    if (answer.kind !== 'success') return answer;
    const { billingKey, customerKey, label, authenticatedAt } = answer.value;
    // A key of another customer would charge them.
    if (customerKey !== request.customerKey) return unknown('another-payment', 'the key is another customer’s');
    return { ...answer, value: { methodKey: billingKey, customerKey, label, issuedAt: authenticatedAt } };
  }
}
