import { Injectable } from '@nestjs/common';
import type {
  IssuedMethod,
  MethodCharge,
  MethodOrder,
  MethodReturn,
  MethodSecret,
  MethodWindowOrder,
} from '../collection';
import type { GatewayAnswer, OpenWindow, PaymentAnswer } from '../gateway';
import type { ChargesMethods, IssuesMethods, PreparedMethod, PreparedPayment } from '../ports';
import { textOf, unknown } from '../reading';
import type { TossCall } from './api/requests';
import { TossClient } from './api/toss.client';
import { asReceipt } from './receipts';
import { TossAccounts } from './toss-accounts';
import { IDEMPOTENCY_HOURS, LONGEST_NAME, cut } from './wire';

const RETURNED_CUSTOMER = /^[A-Za-z0-9_=.@-]{2,300}$/;
const RETURNED_KEY = /^[!-~]{1,300}$/;

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
  readonly kind = 'billing-key';
  readonly sameCallForHours = IDEMPOTENCY_HOURS;
  readonly longestCallMs: number;

  constructor(
    private readonly accounts: TossAccounts,
    private readonly client: TossClient,
  ) {
    this.longestCallMs = accounts.longestCallMs;
  }

  /** What Toss's own script is called with; the page chooses card or account (docs/protocol/toss.md, section 5). */
  async window({ account, customerKey, successUrl, failUrl }: MethodWindowOrder): Promise<GatewayAnswer<OpenWindow>> {
    const window = { clientKey: await this.accounts.clientKeyOf(account), customerKey, successUrl, failUrl };
    return { kind: 'success', value: { window, reference: null } };
  }

  returned(brought: Readonly<Record<string, unknown>>): MethodReturn | undefined {
    const [customerKey, authKey] = [textOf(brought.customerKey), textOf(brought.authKey)];
    if (customerKey === undefined || !RETURNED_CUSTOMER.test(customerKey)) return undefined;
    return authKey === undefined || !RETURNED_KEY.test(authKey) ? undefined : { customerKey, authKey };
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
