import { Injectable, Optional } from '@nestjs/common';
import { PortoneConfig } from '../../../config';
import { GatewayExchanges, type ExchangeOf, type ExchangeOperation } from '../../exchange';
import type { GatewayAnswer, PaymentAnswer } from '../../gateway';
import { GatewayClient } from '../../gateway-client';
import { countOf, isJsonObject, undeclined } from '../../reading';
import { IDEMPOTENCY_HEADER, PORTONE_PATHS } from '../wire';
import { instantOf, readCancelled, readPayment, type PortoneCancellation, type PortonePayment } from './payment';
import { PortoneCalls, type PortoneOperation } from './portone-calls';
import { readAnswer, type AnswerReading } from './read-answer';
import { readBillingKey, readConfirmedKey, type PortoneBillingKey } from './billing-key';
import type { CancelRequest, ChargeRequest, ConfirmRequest, PortoneCall, PreRegisterRequest } from './requests';

/** No payment has this id: ours are made otherwise. */
const NO_PAYMENT = 'does-this-secret-work';
const HTTP_NOT_FOUND = 404;
const YEAR_MS = 365 * 86_400_000;

/** Schedules that have not charged yet. */
const WAITING = ['SCHEDULED', 'PENDING'];

interface Sending<T> extends Omit<AnswerReading<T>, 'secrets'> {
  method: 'GET' | 'POST' | 'DELETE';
  path: string;
  /** Of a POST, beside the store. */
  body?: object;
  /** Beside those of the account. */
  secrets?: readonly string[];
  about?: Pick<ExchangeOf, 'orderNo' | 'transactionId'>;
  /** A status that nobody is warned of. */
  expected?: number;
}

/** What is kept of which call. */
const EXCHANGES: Readonly<Partial<Record<PortoneOperation, ExchangeOperation>>> = {
  payment: 'look-up',
  confirm: 'confirm',
  cancel: 'refund',
  'close-account': 'refund',
  charge: 'charge',
  'confirm-billing-key': 'issue-method',
  'delete-billing-key': 'remove-method',
};

/**
 * PortOne V2: one method a call, each answering success, declined, refused or unknown, never throwing for what the network, PortOne or
 * a payment company does. Nothing is repeated here, and nothing recorded but what went over the wire: that is for the features.
 */
@Injectable()
export class PortoneClient extends GatewayClient<PortoneOperation> {
  constructor(
    private readonly config: PortoneConfig,
    /** Without it nobody is told, such as where the wire alone is looked at. */
    @Optional() calls?: PortoneCalls,
    /** Without it nothing is kept, as above. */
    @Optional() exchanges?: GatewayExchanges,
  ) {
    super('portone', config, calls, exchanges);
  }

  /** By our own order number: a lost answer can always be asked for. */
  async payment(paymentId: string, call: PortoneCall): Promise<GatewayAnswer<PortonePayment>> {
    const about = { orderNo: paymentId, transactionId: paymentId };
    const path = ofStore(PORTONE_PATHS.payment(paymentId), call);
    return undeclined(
      await this.send('payment', { method: 'GET', path, purpose: 'ask', read: readPayment, about }, call),
    );
  }

  /** Says beforehand what the sum is: a browser that asks for another one opens no window. Moves nothing. */
  async preRegister(paymentId: string, body: PreRegisterRequest, call: PortoneCall): Promise<GatewayAnswer<null>> {
    const sending = { method: 'POST', path: PORTONE_PATHS.preRegister(paymentId), body, purpose: 'ask' } as const;
    return undeclined(await this.send('pre-register', { ...sending, read: readNothing }, call));
  }

  /** Takes what a customer has agreed to in a window of a channel that charges nothing by itself. */
  confirm(paymentId: string, body: ConfirmRequest, call: PortoneCall): Promise<PaymentAnswer<Date | null>> {
    const about = { orderNo: paymentId, transactionId: paymentId };
    const sending = { method: 'POST', path: PORTONE_PATHS.confirm(paymentId), body, purpose: 'collect' } as const;
    return this.send('confirm', { ...sending, read: readPaidAt, about, secrets: [body.paymentToken] }, call);
  }

  async cancel(paymentId: string, body: CancelRequest, call: PortoneCall): Promise<GatewayAnswer<PortoneCancellation>> {
    const { number = '', holderName = '' } = body.refundAccount ?? {};
    const about = { orderNo: paymentId, transactionId: paymentId };
    const sending = { method: 'POST', path: PORTONE_PATHS.cancel(paymentId), body, purpose: 'cancel' } as const;
    const secrets = [number, holderName];
    return undeclined(await this.send('cancel', { ...sending, read: readCancelled, about, secrets }, call));
  }

  /** Charges a billing key under our own order number, which is charged once. */
  charge(paymentId: string, body: ChargeRequest, call: PortoneCall): Promise<PaymentAnswer<null>> {
    const sending = { method: 'POST', path: PORTONE_PATHS.charge(paymentId), body, purpose: 'collect' } as const;
    const about = { orderNo: paymentId, transactionId: paymentId };
    const secrets = [body.billingKey, body.customer.id];
    return this.send('charge', { ...sending, read: readNothing, about, secrets }, call);
  }

  billingKey(billingKey: string, call: PortoneCall): Promise<PaymentAnswer<PortoneBillingKey>> {
    const path = ofStore(PORTONE_PATHS.billingKey(billingKey), call);
    const secrets = [billingKey];
    return this.send('billing-key', { method: 'GET', path, purpose: 'ask', read: readBillingKey, secrets }, call);
  }

  /** Has a key issued that its customer has entered in a window of a channel that issues none by itself. */
  confirmBillingKey(billingIssueToken: string, call: PortoneCall): Promise<PaymentAnswer<string>> {
    const body = { billingIssueToken };
    const sending = { method: 'POST', path: PORTONE_PATHS.confirmBillingKey, body, purpose: 'issue' } as const;
    return this.send('confirm-billing-key', { ...sending, read: readConfirmedKey, secrets: [billingIssueToken] }, call);
  }

  async deleteBillingKey(billingKey: string, call: PortoneCall): Promise<GatewayAnswer<null>> {
    const path = ofStore(PORTONE_PATHS.billingKey(billingKey), call);
    const sending = { method: 'DELETE', path, purpose: 'remove', read: readNothing, secrets: [billingKey] } as const;
    return undeclined(await this.send<null>('delete-billing-key', sending, call));
  }

  /** How many charges PortOne's own calendar is to make in the year to come: without both times it would show the past alone. */
  async schedules(from: Date, call: PortoneCall): Promise<GatewayAnswer<number>> {
    const until = new Date(from.getTime() + YEAR_MS);
    const filter = { storeId: call.storeId, from: from.toISOString(), until: until.toISOString(), status: WAITING };
    const requestBody = JSON.stringify({ page: { number: 0, size: 1 }, filter });
    const path = `${PORTONE_PATHS.schedules}?${new URLSearchParams({ requestBody }).toString()}`;
    return undeclined(await this.send('schedules', { method: 'GET', path, purpose: 'ask', read: readTotal }, call));
  }

  /** Closes an account that nobody has paid into. */
  async closeAccount(paymentId: string, call: PortoneCall): Promise<GatewayAnswer<null>> {
    const about = { orderNo: paymentId, transactionId: paymentId };
    const sending = {
      method: 'POST',
      path: PORTONE_PATHS.closeAccount(paymentId),
      body: {},
      purpose: 'cancel',
    } as const;
    return undeclined(await this.send('close-account', { ...sending, read: readNothing, about }, call));
  }

  /** Asks for what is not there, to learn whether PortOne takes the secret for the store: only who has a good one is told so. */
  async check(call: PortoneCall): Promise<GatewayAnswer<unknown>> {
    const path = ofStore(PORTONE_PATHS.payment(NO_PAYMENT), call);
    const sending = { method: 'GET', path, purpose: 'ask', read: readPayment, expected: HTTP_NOT_FOUND } as const;
    return undeclined(await this.send('check', sending, call));
  }

  private send<T>(operation: PortoneOperation, sending: Sending<T>, call: PortoneCall): Promise<PaymentAnswer<T>> {
    const { method, path, body: members, purpose, read, secrets = [], about, expected } = sending;
    const { account, apiSecret, storeId, idempotencyKey } = call;
    const body = members === undefined ? {} : { body: JSON.stringify({ storeId, ...members }) };
    const hidden = [apiSecret, ...secrets];
    const keptAs = EXCHANGES[operation];
    return this.call({
      ...{ operation, account, baseUrl: this.config.apiBaseUrl, method, path, expected, keptAs, ...body },
      headers: {
        Authorization: `PortOne ${apiSecret}`,
        ...(members !== undefined && { 'Content-Type': 'application/json' }),
        // Quoted, as RFC 8941 has it.
        ...(idempotencyKey !== undefined && { [IDEMPOTENCY_HEADER]: `"${idempotencyKey}"` }),
      },
      ...(method === 'POST' && { freshConnection: true }),
      ...{ secrets: hidden, isMoving: keptAs !== 'look-up' },
      about: { ...about, idempotencyKey },
      read: (outcome) => readAnswer(outcome, { purpose, read, secrets: hidden }),
    });
  }
}

/** Of a call without a body: another store than the secret's own is asked for by name. */
function ofStore(path: string, { storeId }: PortoneCall, query: Readonly<Record<string, string>> = {}): string {
  return `${path}?${new URLSearchParams({ storeId, ...query }).toString()}`;
}

/** What a yes says that has nothing to say. */
function readNothing(json: unknown): null | undefined {
  return isJsonObject(json) ? null : undefined;
}

function readTotal(json: unknown): number | undefined {
  const page = isJsonObject(json) ? json.page : undefined;
  return isJsonObject(page) ? countOf(page.totalCount) : undefined;
}

/** A confirmation says neither amount nor state: a lookup does. */
function readPaidAt(json: unknown): Date | null | undefined {
  return isJsonObject(json) ? instantOf(json.paidAt) : undefined;
}
