import { Injectable } from '@nestjs/common';
import { ZERO_WON } from '../../kernel/won';
import { Logger } from '../../platform/logging';
import type {
  IssuedMethod,
  MethodCharge,
  MethodHint,
  MethodOrder,
  MethodReturn,
  MethodSecret,
  MethodWindowOrder,
} from '../collection';
import type {
  GatewayAnswer,
  GatewayDecline,
  GatewayRefusal,
  OpenWindow,
  PaymentAnswer,
  PaymentReceipt,
} from '../gateway';
import type { ChargesMethods, IssuesMethods, PreparedMethod, PreparedPayment } from '../ports';
import { undeclined, unknown } from '../reading';
import { KakaopayClient } from './api/kakaopay.client';
import type { ApproveRequest, KakaopayCall } from './api/requests';
import type { KakaopaySid } from './api/sid';
import { readPgToken, readyAddresses } from './checkouts';
import { asReceipt, leftOf } from './found-payment';
import { KakaopayAccounts } from './kakaopay-accounts';
import { vatOf } from '../split';
import { LONGEST_NAME, cut } from './wire';

/** What a customer reads in KakaoTalk of a method that is only registered. */
const ITEM_NAME = '자동결제 등록';

/** Its codes for a SID that is gone. */
const GONE = ['-750', '-751'];

const INACTIVE: GatewayDecline = {
  ...{ kind: 'declined', resultCode: 'INACTIVE', resultMessage: 'its customer, or somebody else, has ended it' },
  retry: 'new-method',
};

const NO_SID: GatewayRefusal = {
  ...{ kind: 'refused', httpStatus: 200, resultCode: 'no-sid', unauthorized: false },
  resultMessage: 'KakaoPay issued no SID: the cid is not one of recurring payments',
};

/**
 * Charges SIDs at KakaoPay, one by one. There is no key, and no way to find what an answer was lost of: a charge is sent once, whatever
 * comes of it. Its customer can end a SID in KakaoTalk, and nobody tells us, so it is asked for first.
 */
@Injectable()
export class KakaopayMethodCharges implements ChargesMethods {
  readonly sameCallForHours = 0;
  readonly longestCallMs: number;

  constructor(
    private readonly accounts: KakaopayAccounts,
    private readonly client: KakaopayClient,
  ) {
    this.longestCallMs = accounts.longestCallMs;
  }

  async prepare(charge: MethodCharge): Promise<PreparedPayment> {
    const { account, method, orderNo, amount, taxFreeAmount, productName } = charge;
    const call = { ...(await this.accounts.callFor(account, 'recurring')), orderNo };
    const request = {
      ...{ sid: method.methodKey, partner_order_id: orderNo, partner_user_id: method.customerKey },
      ...{ item_name: cut(productName, LONGEST_NAME), quantity: 1 },
      ...{ total_amount: amount, tax_free_amount: taxFreeAmount, vat_amount: vatOf(amount, taxFreeAmount) },
    };
    const answer = unsentFor(await this.client.status(method.methodKey, call));
    if (answer !== undefined) return { idempotencyKey: null, send: () => Promise.resolve(answer) };
    const send = async () => asReceipt(await this.client.subscription(request, call));
    return { idempotencyKey: null, send };
  }

  async hint(account: string, { methodKey }: MethodSecret): Promise<GatewayAnswer<MethodHint>> {
    const answer = await this.accounts.asking(account, 'recurring', async (call) =>
      undeclined(await this.client.status(methodKey, call)),
    );
    if (answer.kind !== 'success') return answer;
    return { ...answer, value: { lastChargedAt: answer.value.lastApprovedAt } };
  }
}

/** What became of a charge that is not sent because of how its SID is; `undefined`: it is sent. */
function unsentFor(answer: PaymentAnswer<KakaopaySid>): PaymentAnswer<PaymentReceipt> | undefined {
  if (answer.kind === 'success') return answer.value.isActive ? undefined : INACTIVE;
  if (answer.kind === 'declined') return answer.retry === 'new-method' ? answer : notSent(answer.resultMessage);
  if (answer.kind === 'refused' && answer.unauthorized) return answer;
  return notSent(answer.kind === 'unknown' ? answer.message : answer.resultMessage);
}

function notSent(why: string): PaymentAnswer<PaymentReceipt> {
  const message = `whether the SID is active could not be asked, so nothing was sent: ${why}`;
  return { kind: 'unknown', reason: 'undecided', message, mayHaveArrived: false };
}

/** Has SIDs issued at KakaoPay by a first payment of nothing, and ended. */
@Injectable()
export class KakaopayMethods implements IssuesMethods {
  readonly sameCallForHours = 0;
  readonly kind = 'sid';
  readonly longestCallMs: number;

  constructor(
    private readonly accounts: KakaopayAccounts,
    private readonly client: KakaopayClient,
    private readonly logger: Logger,
  ) {
    this.longestCallMs = accounts.longestCallMs;
  }

  async window(order: MethodWindowOrder): Promise<GatewayAnswer<OpenWindow>> {
    const { account, orderNo, customerKey, ownSuccessUrl, ownFailUrl } = order;
    const addresses = readyAddresses(ownSuccessUrl, ownFailUrl);
    const call = await this.accounts.callFor(account, 'recurring');
    const request = {
      ...{ partner_order_id: orderNo, partner_user_id: customerKey, item_name: ITEM_NAME, quantity: 1 },
      ...{ total_amount: ZERO_WON, tax_free_amount: ZERO_WON, vat_amount: ZERO_WON },
      ...addresses,
    };
    const answer = await this.client.ready(request, call);
    if (answer.kind !== 'success') return answer;
    const { tid, redirects } = answer.value;
    return { ...answer, value: { window: redirects, reference: tid } };
  }

  returned(brought: Readonly<Record<string, unknown>>): MethodReturn | undefined {
    const authKey = readPgToken(brought);
    return authKey === undefined ? undefined : { authKey };
  }

  async prepare({ account, authKey, customerKey, orderNo, reference }: MethodOrder): Promise<PreparedMethod> {
    const call = await this.accounts.callFor(account, 'recurring');
    const request = {
      ...{ tid: reference ?? '', partner_order_id: orderNo, partner_user_id: customerKey },
      ...{ pg_token: authKey, total_amount: ZERO_WON },
    };
    // There is no key, but whether it was sent is to be known.
    return { idempotencyKey: null, sentBy: SENT, send: () => this.issue(request, call) };
  }

  async remove(account: string, { methodKey }: Pick<MethodSecret, 'methodKey'>): Promise<GatewayAnswer<null>> {
    const call = await this.accounts.callFor(account, 'recurring');
    const answer = await this.client.inactive(methodKey, call);
    if (answer.kind === 'success') {
      return answer.value.isActive
        ? unknown('unreadable-answer', 'the SID is active still')
        : { ...answer, value: null };
    }
    if (answer.kind === 'declined' && GONE.includes(answer.resultCode)) {
      const { resultCode, resultMessage } = answer;
      return { kind: 'refused', httpStatus: 400, resultCode, resultMessage, unauthorized: false, notFound: true };
    }
    return undeclined(answer);
  }

  private async issue(request: ApproveRequest, call: KakaopayCall): Promise<PaymentAnswer<IssuedMethod>> {
    const answer = await this.client.approve(request, call, 'issue-method');
    if (answer.kind !== 'success') return answer;
    const { tid, orderId, userId, sid, description, approvedAt } = answer.value;
    const isOfIt = tid === request.tid && orderId === request.partner_order_id;
    if (!isOfIt || (userId ?? request.partner_user_id) !== request.partner_user_id) {
      return unknown('another-payment', 'the SID is of another registration');
    }
    if (sid === null) return this.withoutSid(answer.value, call);
    const issued = { methodKey: sid, customerKey: request.partner_user_id };
    return { ...answer, value: { ...issued, label: description, issuedAt: approvedAt } };
  }

  /** The contract is a single one: nothing can be charged by it, and what moved all the same goes back. */
  private async withoutSid(
    payment: Parameters<typeof leftOf>[0],
    call: KakaopayCall,
  ): Promise<PaymentAnswer<IssuedMethod>> {
    this.logger.error('a cid issued no SID: it is not one of recurring payments', { account: call.account });
    const left = leftOf(payment);
    if (left.total === 0) return NO_SID;
    const part = { cancel_amount: left.total, cancel_tax_free_amount: left.taxFree, cancel_vat_amount: left.vat };
    const request = { tid: payment.tid, ...part, cancel_available_amount: left.total, payload: 'no SID was issued' };
    const canceled = await this.client.cancel(request, { ...call, orderNo: payment.orderId });
    if (canceled.kind === 'success') return NO_SID;
    this.logger.error('what a cid without SIDs has taken was not given back', {
      account: call.account,
      tid: payment.tid,
    });
    return { ...NO_SID, resultMessage: `${NO_SID.resultMessage}; what it took was not given back` };
  }
}

/** Stands in the place of secrets that a call is bound to: there are none. */
const SENT = 'sent';
