import { Injectable } from '@nestjs/common';
import { PortoneConfig } from '../../config';
import { wonInWords, type Won } from '../../kernel/won';
import { Logger } from '../../platform/logging';
import type {
  CheckoutOrder,
  CheckoutPayment,
  GatewayAnswer,
  GatewayDecline,
  OpenWindow,
  PaymentAnswer,
  PaymentReceipt,
  WindowReturn,
} from '../gateway';
import type { ConfirmsCheckouts, PreparedPayment } from '../ports';
import { idOf, refused, textOf, unknown } from '../reading';
import type { PortonePayment } from './api/payment';
import { PortoneClient } from './api/portone.client';
import type { PortoneCall } from './api/requests';
import { asReceipt, isUnderWay, leftOf, objectionTo, standingOf } from './found-payment';
import { PortoneAccounts, type StoreTerms } from './portone-accounts';
import { cancelRequest } from './refunds';
import { IDEMPOTENCY_HOURS, LONGEST_NAME, WON_CURRENCY, cut } from './wire';

const RETURNED_PAYMENT_ID = /^[A-Za-z0-9_-]{6,40}$/;
const LONGEST_TOKEN = 300;
const LONGEST_WORD = 60;
const HTTP_OK = 200;

/** The calls of one sending, at most: a confirmation, two looks, and a cancellation. */
const CALLS_AT_MOST = 4;

/** Of what was taken and is not what was asked, once it is given back. */
const NOT_AS_ORDERED = 'NOT_AS_ORDERED';

/** What was ordered, and by which rules. */
interface Ordered {
  readonly orderNo: string;
  readonly amount: Won;
  readonly terms: StoreTerms;
  readonly call: PortoneCall;
  readonly idempotencyKey: string;
}

/**
 * Takes what customers pay in PortOne's window. The sum is fixed before it opens; the money moves in it, but by a channel that waits for
 * our confirmation. So what came is looked up, and only believed as it was ordered; all else is looked at once more, and given back.
 */
@Injectable()
export class PortoneCheckouts implements ConfirmsCheckouts {
  readonly takesInWindow = true;
  readonly sameCallForHours = IDEMPOTENCY_HOURS;
  readonly findsAgreed = true;
  readonly longestCallMs: number;
  readonly openForSeconds: number;

  constructor(
    private readonly accounts: PortoneAccounts,
    private readonly client: PortoneClient,
    private readonly logger: Logger,
    config: PortoneConfig,
  ) {
    this.longestCallMs = CALLS_AT_MOST * accounts.longestCallMs;
    this.openForSeconds = config.openSeconds;
  }

  /** What PortOne's own script is called with (docs/protocol/portone.md, section 5); the page adds how its customer pays. */
  async window(order: CheckoutOrder): Promise<GatewayAnswer<OpenWindow>> {
    const { account, orderNo, amount, taxFreeAmount, customerKey, customerName, customerEmail, successUrl } = order;
    const { storeId, channelKey } = await this.accounts.termsOf(account);
    const { call } = await this.accounts.callFor(account);
    const sum = { totalAmount: amount, taxFreeAmount, currency: WON_CURRENCY };
    const answer = await this.client.preRegister(orderNo, sum, call);
    if (answer.kind !== 'success') return answer;
    const customer = {
      customerId: customerKey,
      ...(customerName !== null && { fullName: cut(customerName, LONGEST_NAME) }),
      ...(customerEmail !== null && { email: customerEmail }),
    };
    const window = {
      ...{ storeId, channelKey, paymentId: orderNo, orderName: cut(order.orderName, LONGEST_NAME) },
      ...{ ...sum, customer, redirectUrl: successUrl },
    };
    return { ...answer, value: { window, reference: null } };
  }

  /** The result of the script, or the query of its return: with a token of what is to be confirmed, or with why nothing was paid. */
  returned({ paymentId, paymentToken, code, pgCode }: Readonly<Record<string, unknown>>): WindowReturn | undefined {
    const orderNo = textOf(paymentId);
    if (orderNo === undefined || !RETURNED_PAYMENT_ID.test(orderNo)) return undefined;
    const proof = paymentToken === undefined ? undefined : idOf(paymentToken, LONGEST_TOKEN);
    if (paymentToken !== undefined && proof === undefined) return undefined;
    const failure = code === undefined ? undefined : (wordOf(pgCode) ?? wordOf(code) ?? '');
    return {
      ...{ orderNo, reference: orderNo },
      ...(proof !== undefined && { proof }),
      ...(failure !== undefined && { failure }),
    };
  }

  async prepare(payment: CheckoutPayment): Promise<PreparedPayment> {
    const { account, orderNo, amount, proof, idempotencyKey, sentBy } = payment;
    const { key, call } = await this.accounts.callFor(account, sentBy);
    const terms = await this.accounts.termsOf(account);
    const ordered = { orderNo, amount, terms, call, idempotencyKey };
    return { idempotencyKey, sentBy: key, send: () => this.take(ordered, proof) };
  }

  private async take(ordered: Ordered, proof: string | undefined): Promise<PaymentAnswer<PaymentReceipt>> {
    const { orderNo, amount: totalAmount, terms, call, idempotencyKey } = ordered;
    if (proof !== undefined && terms.isManual) {
      const request = { paymentToken: proof, totalAmount, currency: WON_CURRENCY };
      const answer = await this.client.confirm(orderNo, request, { ...call, idempotencyKey });
      const isAnswered = answer.kind === 'success' || answer.resultCode === 'ALREADY_PAID';
      // It says neither amount nor state, so a yes is looked up; whoever asked looks a no up.
      if (!isAnswered) return answer;
    }
    const first = await this.client.payment(orderNo, call);
    if (first.kind !== 'success') {
      const isAbsent = first.kind === 'refused' && first.notFound === true;
      return isAbsent ? { ...first, returnRefused: true } : first;
    }
    return this.judge(first.value, ordered);
  }

  private async judge(payment: PortonePayment, ordered: Ordered): Promise<PaymentAnswer<PaymentReceipt>> {
    const { status, failure } = payment;
    const standing = standingOf(payment);
    if (standing === 'open') {
      return refused(HTTP_OK, status, 'nothing was paid in the window yet', { returnRefused: true });
    }
    if (standing === 'over') {
      const [resultCode, resultMessage] = [failure?.code || status, failure?.message ?? ''];
      return { kind: 'declined', resultCode, resultMessage, retry: 'later' };
    }
    const why = differenceOf(payment, ordered);
    if (standing === 'refunded') return givenBack(why ?? 'canceled at PortOne');
    if (why === undefined || standing === undefined) return asReceipt(yes(payment), ordered.terms);
    return this.giveBack(why, ordered);
  }

  /** Only what a second look shows in the same way goes back, and only the balance that it shows: one look may be stale, or wrong. */
  private async giveBack(why: string, ordered: Ordered): Promise<PaymentAnswer<PaymentReceipt>> {
    const { orderNo, terms, call, idempotencyKey } = ordered;
    const second = await this.client.payment(orderNo, call);
    if (second.kind !== 'success')
      return unknown('undecided', `it was paid ${why}, and could not be looked at once more`);
    const { value: payment } = second;
    if (differenceOf(payment, ordered) !== why) return asReceipt(second, terms);
    const { account } = call;
    const key = { ...call, idempotencyKey: `${idempotencyKey}-back-${payment.cancellations.length}` };
    if (standingOf(payment) === 'awaited') {
      const closed = await this.client.closeAccount(orderNo, key);
      return closed.kind === 'success' ? givenBack(why) : unfinished(why, closed);
    }
    if (standingOf(payment) !== 'paid') return asReceipt(second, terms);
    if (payment.cancellations.some(isUnderWay))
      return unknown('undecided', `it was paid ${why}, and is being given back`);
    const left = leftOf(payment);
    this.logger.error('what was paid is not what was ordered: it goes back', { account, orderNo, why, left });
    if (left === 0) return unknown('undecided', `it was paid ${why}, and nothing of it is left to be given back`);
    const canceled = await this.client.cancel(orderNo, cancelRequest(payment, left, `not as ordered: ${why}`), key);
    const isDone =
      canceled.kind === 'success' && canceled.value.status === 'SUCCEEDED' && canceled.value.amount === left;
    return isDone ? givenBack(why) : unfinished(why, canceled);
  }
}

/** Whoever asked looks what was given back up once more before the no counts. */
function givenBack(why: string): GatewayDecline {
  const resultMessage = `paid ${why}, and given back`;
  return { kind: 'declined', resultCode: NOT_AS_ORDERED, resultMessage, retry: 'later' };
}

/** What is not given back yet is looked at again, and tried anew. */
function unfinished(why: string, answer: GatewayAnswer<unknown>): PaymentAnswer<PaymentReceipt> {
  if (answer.kind === 'refused' && answer.unauthorized) return answer;
  const said = answer.kind === 'success' ? 'its payment company has yet to' : sayingOf(answer);
  return unknown('undecided', `it was paid ${why}, and is not given back yet: ${said}`);
}

function sayingOf(answer: Exclude<GatewayAnswer<unknown>, { kind: 'success' }>): string {
  return answer.kind === 'unknown' ? answer.message : `${answer.resultCode ?? ''} ${answer.resultMessage}`.trim();
}

/** Why what was paid is not what was ordered; `undefined`: it is. */
function differenceOf(payment: PortonePayment, { amount, terms }: Ordered): string | undefined {
  const objection = objectionTo(payment, terms);
  const isWon = payment.currency === WON_CURRENCY;
  const differences = [
    ...(isWon ? [] : [`in ${payment.currency}`]),
    ...(!isWon || payment.amount.total === amount ? [] : [`with ${wonInWords(payment.amount.total)}`]),
    ...(objection === undefined ? [] : [objection]),
  ];
  return differences.length === 0 ? undefined : differences.join(', ');
}

function yes(payment: PortonePayment): GatewayAnswer<PortonePayment> {
  return { kind: 'success', value: payment };
}

/** A gateway's word that may be shown, and stand in an address. */
function wordOf(value: unknown): string | undefined {
  const word = idOf(value, LONGEST_WORD);
  return word === undefined || !/^[A-Za-z0-9_-]+$/.test(word) ? undefined : word;
}
