import { Injectable, Optional } from '@nestjs/common';
import { TossConfig } from '../../../config';
import type { HttpRequest } from '../../../platform/http-client';
import { GatewayExchanges, type ExchangeOf, type ExchangeOperation } from '../../exchange';
import type { PaymentAnswer, GatewayAnswer } from '../../gateway';
import { GatewayClient } from '../../gateway-client';
import { undeclined } from '../../reading';
import { IDEMPOTENCY_HEADER, TEST_CODE_HEADER, TOSS_PATHS } from '../wire';
import { readBillingKey, type TossBillingKey } from './billing-key';
import { readSettlements, readTransactions, type TossSettlement, type TossTransaction } from './listings';
import { readPayment, type TossPayment } from './payment';
import { readAnswer, type AnswerReading } from './read-answer';
import {
  settlementDays,
  transactionDays,
  type CancelRequest,
  type ChargeRequest,
  type ConfirmRequest,
  type ListRequest,
  type TossCall,
  type VirtualAccountRequest,
} from './requests';
import { TossCalls, type TossOperation } from './toss-calls';

/** Rows of a list at a time; Toss gives up to 5000. */
export const LIST_ROWS = 1_000;
/** A settlement row has some 1500 bytes. */
const MAX_LIST_BYTES = 8 * 1024 * 1024;

/** No order has this number: ours are made otherwise. */
const NO_ORDER = 'does-this-key-work';
const HTTP_NOT_FOUND = 404;

interface Reading<T> extends Omit<AnswerReading<T>, 'secrets'> {
  /** Beside those of the account. */
  secrets?: readonly string[];
  maxBytes?: number;
  /** Of the payment that is asked about, where the request does not say it. */
  orderNoOf?: (value: T) => string;
  /** A status that nobody is warned of. */
  expected?: number;
}

/** A call as it is made, and what it is about. */
interface Sending extends Omit<HttpRequest, 'headers' | 'url' | 'body'> {
  path: string;
  body?: string;
  about?: Pick<ExchangeOf, 'orderNo' | 'transactionId'>;
}

/** What is kept of which call; a list is kept by who asks for it, row by row. */
const EXCHANGES: Readonly<Partial<Record<TossOperation, ExchangeOperation>>> = {
  confirm: 'confirm',
  payment: 'look-up',
  order: 'look-up',
  cancel: 'refund',
  'issue-billing-key': 'issue-method',
  'charge-billing-key': 'charge',
  'delete-billing-key': 'remove-method',
  'issue-virtual-account': 'issue-account',
};

/**
 * The Toss Payments core API: one method a call, each answering success, declined, refused or unknown, never throwing for
 * what the network or Toss does. Nothing is repeated here, and nothing recorded but what went over the wire: that is for the
 * features.
 */
@Injectable()
export class TossClient extends GatewayClient<TossOperation> {
  constructor(
    private readonly config: TossConfig,
    /** Without it nobody is told, such as where the wire alone is looked at. */
    @Optional() calls?: TossCalls,
    /** Without it nothing is kept, as above. */
    @Optional() exchanges?: GatewayExchanges,
  ) {
    super('toss', config, calls, exchanges);
  }

  /** Takes the money that a customer has agreed to in the window, within 10 minutes of it. */
  confirm(request: ConfirmRequest, call: TossCall): Promise<PaymentAnswer<TossPayment>> {
    const { orderId: orderNo, paymentKey: transactionId } = request;
    const sending = { ...posted(TOSS_PATHS.confirm, request), about: { orderNo, transactionId } };
    return this.send('confirm', sending, call, { purpose: 'collect', read: readPayment });
  }

  async payment(paymentKey: string, call: TossCall): Promise<GatewayAnswer<TossPayment>> {
    const sending = { ...got(TOSS_PATHS.payment(paymentKey)), about: { transactionId: paymentKey } };
    const reading = { purpose: 'ask', read: readPayment, orderNoOf: ({ orderId }: TossPayment) => orderId } as const;
    return undeclined(await this.send('payment', sending, call, reading));
  }

  /** Which of several payments it answers with, nobody knows: one order number is one attempt. */
  async order(orderId: string, call: TossCall): Promise<GatewayAnswer<TossPayment>> {
    const sending = { ...got(TOSS_PATHS.order(orderId)), about: { orderNo: orderId } };
    return undeclined(await this.send('order', sending, call, { purpose: 'ask', read: readPayment }));
  }

  async cancel(paymentKey: string, request: CancelRequest, call: TossCall): Promise<GatewayAnswer<TossPayment>> {
    const about = { orderNo: call.orderNo, transactionId: paymentKey };
    const secrets = Object.values(request.refundReceiveAccount ?? {});
    const sending = { ...posted(TOSS_PATHS.cancel(paymentKey), request), about };
    return undeclined(await this.send('cancel', sending, call, { purpose: 'cancel', read: readPayment, secrets }));
  }

  /** @param request.authKey of the window's return; good once */
  issueBillingKey(
    request: { authKey: string; customerKey: string },
    call: TossCall,
  ): Promise<PaymentAnswer<TossBillingKey>> {
    const reading = { purpose: 'issue', read: readBillingKey, secrets: Object.values(request) } as const;
    return this.send('issue-billing-key', posted(TOSS_PATHS.issueBillingKey, request), call, reading);
  }

  chargeBillingKey(billingKey: string, request: ChargeRequest, call: TossCall): Promise<PaymentAnswer<TossPayment>> {
    const secrets = [billingKey, request.customerKey];
    const sending = { ...posted(TOSS_PATHS.billingKey(billingKey), request), about: { orderNo: request.orderId } };
    return this.send('charge-billing-key', sending, call, { purpose: 'collect', read: readPayment, secrets });
  }

  /** Sent without a body, and its yes has none. */
  async deleteBillingKey(billingKey: string, call: TossCall): Promise<GatewayAnswer<null>> {
    const sending = { method: 'DELETE', path: TOSS_PATHS.billingKey(billingKey) } as const;
    const reading = { purpose: 'remove', read: () => null, isEmpty: true, secrets: [billingKey] } as const;
    return undeclined(await this.send<null>('delete-billing-key', sending, call, reading));
  }

  issueVirtualAccount(request: VirtualAccountRequest, call: TossCall): Promise<PaymentAnswer<TossPayment>> {
    const sending = { ...posted(TOSS_PATHS.virtualAccounts, request), about: { orderNo: request.orderId } };
    return this.send('issue-virtual-account', sending, call, { purpose: 'collect', read: readPayment });
  }

  /** @param after the last transaction key of the page before */
  async transactions(
    days: ListRequest,
    after: string | undefined,
    call: TossCall,
  ): Promise<GatewayAnswer<TossTransaction[]>> {
    const query = { ...transactionDays(days), limit: String(LIST_ROWS), ...(after && { startingAfter: after }) };
    const path = `${TOSS_PATHS.transactions}?${new URLSearchParams(query).toString()}`;
    const reading = { purpose: 'ask', read: readTransactions, maxBytes: MAX_LIST_BYTES } as const;
    return undeclined(await this.send('transactions', got(path), call, reading));
  }

  /** @param page from 1 */
  async settlements(days: ListRequest, page: number, call: TossCall): Promise<GatewayAnswer<TossSettlement[]>> {
    const query = { ...settlementDays(days), page: String(page), size: String(LIST_ROWS) };
    const path = `${TOSS_PATHS.settlements}?${new URLSearchParams(query).toString()}`;
    const reading = { purpose: 'ask', read: readSettlements, maxBytes: MAX_LIST_BYTES } as const;
    return undeclined(await this.send('settlements', got(path), call, reading));
  }

  /** Asks for what is not there, to learn whether Toss takes the key: only who has a good one is told so. About no payment, and not kept. */
  async check(call: TossCall): Promise<GatewayAnswer<unknown>> {
    const reading = { purpose: 'ask', read: readPayment, expected: HTTP_NOT_FOUND } as const;
    return undeclined(await this.send('check', got(TOSS_PATHS.order(NO_ORDER)), call, reading));
  }

  private send<T>(
    operation: TossOperation,
    { path, about, ...request }: Sending,
    call: TossCall,
    { secrets = [], maxBytes, orderNoOf, expected, ...reading }: Reading<T>,
  ): Promise<PaymentAnswer<T>> {
    const basic = Buffer.from(`${call.secretKey}:`, 'utf8').toString('base64');
    const hidden = [basic, call.secretKey, ...secrets];
    const keptAs = EXCHANGES[operation];
    return this.call({
      ...request,
      ...{ operation, account: call.account, baseUrl: this.config.apiBaseUrl, path, maxBytes, expected, orderNoOf },
      headers: { Authorization: `Basic ${basic}`, ...headersOf(request, call) },
      ...{ secrets: hidden, keptAs, isMoving: keptAs !== 'look-up' },
      about: { ...about, idempotencyKey: call.idempotencyKey },
      read: (outcome) => readAnswer(outcome, { ...reading, secrets: hidden }),
    });
  }
}

function got(path: string) {
  return { method: 'GET', path } as const;
}

function posted(path: string, body: object) {
  return { method: 'POST', path, body: JSON.stringify(body), freshConnection: true } as const;
}

function headersOf({ body }: Pick<Sending, 'body'>, { secretKey, idempotencyKey, testCode }: TossCall) {
  return {
    'Accept-Language': 'en-US',
    ...(body !== undefined && { 'Content-Type': 'application/json' }),
    ...(idempotencyKey !== undefined && { [IDEMPOTENCY_HEADER]: idempotencyKey }),
    ...(testCode !== undefined && secretKey.startsWith('test_') && { [TEST_CODE_HEADER]: testCode }),
  };
}
