import { Injectable, Optional } from '@nestjs/common';
import { KakaopayConfig } from '../../../config';
import { GatewayExchanges, type ExchangeOf, type ExchangeOperation } from '../../exchange';
import type { GatewayAnswer, GatewayUnknown, PaymentAnswer } from '../../gateway';
import { GatewayClient } from '../../gateway-client';
import { undeclined, unknown } from '../../reading';
import { GENERATIONS, KAKAOPAY_CALLS, type KakaopayCallName } from '../wire';
import { KakaopayCalls } from './kakaopay-calls';
import { readPayment, type KakaopayPayment } from './payment';
import { readAnswer, type AnswerReading } from './read-answer';
import { readReady, type ReadyPayment } from './ready';
import type { ApproveRequest, CancelRequest, KakaopayCall, ReadyRequest, SubscriptionRequest } from './requests';
import { readSid, type KakaopaySid } from './sid';

/** No payment has this id: theirs are made otherwise. */
const NO_PAYMENT = 'T0000000000000000000';
const HTTP_BAD_REQUEST = 400;

type Members = Readonly<Record<string, string | number>>;

interface Sending<T> extends Omit<AnswerReading<T>, 'secrets'> {
  body: Members;
  /** Beside those of the account. */
  secrets?: readonly string[];
  about?: Pick<ExchangeOf, 'orderNo' | 'transactionId'>;
  /** Of the payment that is asked about, where the request does not say it. */
  orderNoOf?: (value: T) => string;
  /** A status that nobody is warned of. */
  expected?: number;
  /** Of whatever is asked about nothing: it is not kept. */
  isTrial?: true;
  /** What it is kept as, where that is something else than usual. */
  keptAs?: ExchangeOperation;
}

/** What is kept of which call; ready moves nothing and decides nothing, and its answer leads a customer to pay. */
const EXCHANGES: Readonly<Partial<Record<KakaopayCallName, ExchangeOperation>>> = {
  approve: 'confirm',
  order: 'look-up',
  cancel: 'refund',
  subscription: 'charge',
  status: 'look-up',
  inactive: 'remove-method',
};

/** Calls that must not be made twice go by a connection of their own. */
const MOVING: readonly KakaopayCallName[] = ['approve', 'cancel', 'subscription', 'inactive'];

/**
 * KakaoPay's online payments: one method a call, each answering success, declined, refused or unknown, never throwing for what the
 * network or KakaoPay does. Nothing is repeated here, and nothing recorded but what went over the wire: that is for the features.
 */
@Injectable()
export class KakaopayClient extends GatewayClient<KakaopayCallName> {
  constructor(
    private readonly config: KakaopayConfig,
    /** Without it nobody is told, such as where the wire alone is looked at. */
    @Optional() calls?: KakaopayCalls,
    /** Without it nothing is kept, as above. */
    @Optional() exchanges?: GatewayExchanges,
  ) {
    super('kakaopay', config, calls, exchanges);
  }

  /** Makes a payment that its customer may then agree to; moves nothing. */
  async ready(request: ReadyRequest, call: KakaopayCall): Promise<GatewayAnswer<ReadyPayment>> {
    return undeclined(await this.send('ready', { body: { ...request }, read: readReady }, call));
  }

  /** Takes the money that a customer has agreed to; of a recurring contract a SID is issued. */
  async approve(
    request: ApproveRequest,
    call: KakaopayCall,
    keptAs: ExchangeOperation = 'confirm',
  ): Promise<PaymentAnswer<KakaopayPayment>> {
    const about = { orderNo: request.partner_order_id, transactionId: request.tid };
    const secrets = [request.pg_token, request.partner_user_id];
    const sending = { body: { ...request }, read: readPayment, secrets, about, keptAs };
    return ofContract(await this.send('approve', sending, call), call);
  }

  async order(tid: string, call: KakaopayCall): Promise<GatewayAnswer<KakaopayPayment>> {
    const sending = {
      ...{ body: { tid }, read: readPayment, about: { transactionId: tid } },
      orderNoOf: ({ orderId }: KakaopayPayment) => orderId,
    };
    return ofContract(undeclined(await this.send('order', sending, call)), call);
  }

  async cancel(request: CancelRequest, call: KakaopayCall): Promise<GatewayAnswer<KakaopayPayment>> {
    const about = { orderNo: call.orderNo, transactionId: request.tid };
    const sending = { body: { ...request }, read: readPayment, about };
    return ofContract(undeclined(await this.send('cancel', sending, call)), call);
  }

  /** Charges a SID. Nothing catches a second one of the same order. */
  async subscription(request: SubscriptionRequest, call: KakaopayCall): Promise<PaymentAnswer<KakaopayPayment>> {
    const secrets = [request.sid, request.partner_user_id];
    const about = { orderNo: request.partner_order_id };
    const sending = { body: { ...request }, read: readPayment, secrets, about };
    return ofContract(await this.send('subscription', sending, call), call);
  }

  /** Whether a SID can be charged: the only way to learn that its customer has ended it. That it is gone is a decline. */
  status(sid: string, call: KakaopayCall): Promise<PaymentAnswer<KakaopaySid>> {
    const about = call.orderNo === undefined ? {} : { orderNo: call.orderNo };
    return this.send('status', { body: { sid }, read: readSid, secrets: [sid], about }, call);
  }

  /** Ends a SID. That it is gone is a decline. */
  inactive(sid: string, call: KakaopayCall): Promise<PaymentAnswer<KakaopaySid>> {
    return this.send('inactive', { body: { sid }, read: readSid, secrets: [sid] }, call);
  }

  /** Asks for what is not there, to learn whether KakaoPay takes key and contract: only who has good ones is told so. */
  async check(call: KakaopayCall): Promise<GatewayAnswer<unknown>> {
    const sending = {
      body: { tid: NO_PAYMENT },
      read: readPayment,
      expected: HTTP_BAD_REQUEST,
      isTrial: true,
    } as const;
    return undeclined(await this.send('order', sending, call));
  }

  private send<T>(name: KakaopayCallName, sending: Sending<T>, call: KakaopayCall): Promise<PaymentAnswer<T>> {
    const { read, secrets = [], about, orderNoOf, expected, isTrial = false, keptAs = EXCHANGES[name] } = sending;
    const { account, secretKey, generation, contract } = call;
    const { path: base, scheme, contentType } = GENERATIONS[generation];
    const path = base + KAKAOPAY_CALLS[name];
    const members = {
      cid: contract.cid,
      ...(contract.cidSecret && { cid_secret: contract.cidSecret }),
      ...sending.body,
    };
    const body = generation === 'legacy' ? formOf(members) : JSON.stringify(members);
    const isMoving = MOVING.includes(name);
    const hidden = [secretKey, contract.cidSecret ?? '', ...secrets];
    return this.call({
      ...{
        operation: name,
        account,
        baseUrl: this.config.apiBaseUrls[generation],
        path,
        method: 'POST',
        body,
        expected,
      },
      headers: { Authorization: `${scheme} ${secretKey}`, 'Content-Type': contentType },
      ...(isMoving && { freshConnection: true }),
      ...{ secrets: hidden, keptAs: isTrial ? undefined : keptAs, isMoving, about, orderNoOf },
      read: (outcome) => readAnswer(outcome, { read, secrets: hidden }),
    });
  }
}

/** A payment of another contract is another payment. */
function ofContract(answer: GatewayAnswer<KakaopayPayment>, call: KakaopayCall): GatewayAnswer<KakaopayPayment>;
function ofContract(answer: PaymentAnswer<KakaopayPayment>, call: KakaopayCall): PaymentAnswer<KakaopayPayment>;
function ofContract(
  answer: PaymentAnswer<KakaopayPayment>,
  { contract }: KakaopayCall,
): PaymentAnswer<KakaopayPayment> | GatewayUnknown {
  if (answer.kind !== 'success' || answer.value.cid === contract.cid) return answer;
  return unknown('another-payment', 'the answer is about a payment of another contract');
}

function formOf(members: Members): string {
  return new URLSearchParams(
    Object.entries(members).map(([name, value]): [string, string] => [name, String(value)]),
  ).toString();
}
