import { Injectable } from '@nestjs/common';
import type {
  IssuedMethod,
  MethodCharge,
  MethodOrder,
  MethodReturn,
  MethodSecret,
  MethodWindowOrder,
} from '../collection';
import type { GatewayAnswer, OpenWindow, PaymentAnswer, PaymentReceipt } from '../gateway';
import type { ChargesMethods, IssuesMethods, PreparedMethod, PreparedPayment } from '../ports';
import { idOf, refused, undeclined, unknown } from '../reading';
import type { PortoneBillingKey } from './api/billing-key';
import { PortoneClient } from './api/portone.client';
import type { ChargeRequest, PortoneCall } from './api/requests';
import { asReceipt } from './found-payment';
import { PortoneAccounts, type StoreTerms } from './portone-accounts';
import { IDEMPOTENCY_HOURS, LIVE_CHANNEL, LONGEST_NAME, NEEDS_CONFIRMATION, WON_CURRENCY, cut } from './wire';

const LONGEST_KEY = 300;
const HTTP_OK = 200;

/** What a customer reads of what is registered; KakaoPay wants one. */
const ISSUE_NAME = '정기 결제';

/** In front of what is to be confirmed before there is a key. */
const TO_CONFIRM = 'confirm:';

/** The calls of one sending: the charge, and a look at what became of it. */
const CALLS_AT_MOST = 2;

/** Charges billing keys at PortOne, one by one. Its yes says neither amount nor state, so each is looked up before it counts. */
@Injectable()
export class PortoneMethodCharges implements ChargesMethods {
  readonly sameCallForHours = IDEMPOTENCY_HOURS;
  readonly longestCallMs: number;

  constructor(
    private readonly accounts: PortoneAccounts,
    private readonly client: PortoneClient,
  ) {
    this.longestCallMs = CALLS_AT_MOST * accounts.longestCallMs;
  }

  async prepare(charge: MethodCharge): Promise<PreparedPayment> {
    const { account, method, orderNo, amount: total, taxFreeAmount: taxFree, productName } = charge;
    const { idempotencyKey, sentBy } = charge;
    const { key, call } = await this.accounts.callFor(account, sentBy);
    const terms = await this.accounts.termsOf(account);
    const request = {
      ...{ billingKey: method.methodKey, orderName: cut(productName, LONGEST_NAME), amount: { total, taxFree } },
      ...{ currency: WON_CURRENCY, customer: { id: method.customerKey } },
    };
    const send = () => this.charge(orderNo, request, { ...call, idempotencyKey }, terms);
    return { idempotencyKey, sentBy: key, send };
  }

  private async charge(
    orderNo: string,
    request: ChargeRequest,
    call: PortoneCall,
    terms: StoreTerms,
  ): Promise<PaymentAnswer<PaymentReceipt>> {
    const answer = await this.client.charge(orderNo, request, call);
    const isAnswered = answer.kind === 'success' || answer.resultCode === 'ALREADY_PAID';
    if (!isAnswered) return answer;
    const found = asReceipt(await this.client.payment(orderNo, call), terms);
    // What was taken a moment ago and is not to be seen yet is looked for again.
    const isSeen = found.kind === 'success' && found.value.standing !== 'open';
    return isSeen ? found : unknown('undecided', 'it was charged, and could not be looked up');
  }
}

/** Keeps billing keys that PortOne's window has issued, once its record has them as they were registered; and deletes them. */
@Injectable()
export class PortoneMethods implements IssuesMethods {
  readonly kind = 'billing-key';
  readonly sameCallForHours = IDEMPOTENCY_HOURS;
  readonly longestCallMs: number;

  constructor(
    private readonly accounts: PortoneAccounts,
    private readonly client: PortoneClient,
  ) {
    this.longestCallMs = CALLS_AT_MOST * accounts.longestCallMs;
  }

  /** What PortOne's own script is called with; it leads back on any device, for the address says which window it was. */
  async window(order: MethodWindowOrder): Promise<GatewayAnswer<OpenWindow>> {
    const { account, customerKey, orderNo, ownSuccessUrl: redirectUrl } = order;
    const { storeId, billingChannelKey: channelKey } = await this.accounts.termsOf(account);
    const window = {
      ...{ storeId, channelKey, issueId: orderNo, issueName: ISSUE_NAME, customer: { customerId: customerKey } },
      ...{ redirectUrl, forceRedirect: true },
    };
    return { kind: 'success', value: { window, reference: orderNo } };
  }

  returned({ billingKey, billingIssueToken, code }: Readonly<Record<string, unknown>>): MethodReturn | undefined {
    const key = idOf(billingKey, LONGEST_KEY);
    if (key === undefined || code !== undefined) return undefined;
    if (key !== NEEDS_CONFIRMATION) return key.startsWith(TO_CONFIRM) ? undefined : { authKey: key };
    const token = idOf(billingIssueToken, LONGEST_KEY);
    return token === undefined ? undefined : { authKey: TO_CONFIRM + token };
  }

  async prepare({ account, authKey, customerKey, idempotencyKey, sentBy }: MethodOrder): Promise<PreparedMethod> {
    const { key, call } = await this.accounts.callFor(account, sentBy);
    const terms = await this.accounts.termsOf(account);
    const send = () => this.issue(authKey, customerKey, { ...call, idempotencyKey }, terms);
    return { idempotencyKey, sentBy: key, send };
  }

  remove(account: string, { methodKey }: Pick<MethodSecret, 'methodKey'>): Promise<GatewayAnswer<null>> {
    return this.accounts.asking(account, (call) => this.client.deleteBillingKey(methodKey, call));
  }

  private async issue(
    authKey: string,
    customerKey: string,
    call: PortoneCall,
    terms: StoreTerms,
  ): Promise<PaymentAnswer<IssuedMethod>> {
    const confirmed = await this.keyOf(authKey, call);
    if (confirmed.kind !== 'success') return confirmed;
    const methodKey = confirmed.value;
    const answer = undeclined(await this.client.billingKey(methodKey, call));
    if (answer.kind !== 'success') return answer;
    const why = objectionTo(answer.value, methodKey, customerKey, terms);
    if (why !== undefined) return refused(HTTP_OK, 'NOT_AS_REGISTERED', why, {});
    const { label, issuedAt } = answer.value;
    return { ...answer, value: { methodKey, customerKey, label, issuedAt } };
  }

  private keyOf(authKey: string, call: PortoneCall): Promise<PaymentAnswer<string>> | PaymentAnswer<string> {
    if (!authKey.startsWith(TO_CONFIRM)) return { kind: 'success', value: authKey };
    return this.client.confirmBillingKey(authKey.slice(TO_CONFIRM.length), call);
  }
}

/** Why a key is not kept: the browser named it, and another customer's would charge them. */
function objectionTo(
  { billingKey, status, storeId, channels, customerId }: PortoneBillingKey,
  methodKey: string,
  customerKey: string,
  terms: StoreTerms,
): string | undefined {
  const isOurs = channels.some(
    ({ key, type }) => terms.channelKeys.includes(key) && (!terms.isLive || type === LIVE_CHANNEL),
  );
  const objections = [
    ...(billingKey === methodKey && methodKey !== NEEDS_CONFIRMATION ? [] : ['it is another key']),
    ...(status === 'ISSUED' ? [] : [`it is ${status}`]),
    ...(storeId === terms.storeId ? [] : ['it is of another store']),
    ...(isOurs ? [] : ['it is of a channel that is not the account’s, or of tests']),
    ...(customerId === customerKey ? [] : ['it is another customer’s']),
  ];
  return objections.length === 0 ? undefined : objections.join(', ');
}
