import {
  KAKAOPAY_MERCHANT,
  SECOND_KAKAOPAY_MERCHANT,
  startSimulator,
  type Simulator,
  type SimulatorOptions,
} from '../../../../simulator';
import { read, readOk, type Json } from '../../simulator/support/answers';
import { send, type Answer } from '../../simulator/support/merchant';

export { read, readOk, type Json };

export const SINGLE = 'TC0ONETIME';
export const RECURRING = 'TCSUBSCRIP';
export const APPROVAL_URL = 'https://shop.example/return/k/9fQ2?from=shop';
export const CANCEL_URL = 'https://shop.example/return/k/9fQ2/cancel';
export const FAIL_URL = 'https://shop.example/return/k/9fQ2/fail';

/** A simulator with a pinned clock, and a shop's calls of each generation. */
export interface KakaoPayBench {
  simulator: Simulator;
  shop: KakaoPayShop;
  legacy: KakaoPayShop;
  /** Members of ready for a new order. */
  order(members?: Json): Json;
  /** Readies and has the customer pay: the members of approve. */
  authenticated(members?: Json, choice?: Json): Promise<Json>;
  /** The same, and approves: its answer. */
  paid(members?: Json, choice?: Json): Promise<Json>;
  /** A SID by a first payment. */
  sid(members?: Json, choice?: Json): Promise<string>;
  close(): Promise<void>;
}

export async function openKakaoPayBench(options: Partial<SimulatorOptions> = {}): Promise<KakaoPayBench> {
  const simulator = await startSimulator({ timeFactor: 0, ...options });
  const shop = new KakaoPayShop(simulator.baseUrl, 'current');
  let orders = 0;
  const order = (members: Json = {}): Json => ({
    cid: SINGLE,
    partner_order_id: `order-${String((orders += 1)).padStart(4, '0')}`,
    partner_user_id: 'c_7f31',
    item_name: '월간 이용권',
    quantity: 1,
    total_amount: 9900,
    tax_free_amount: 0,
    vat_amount: 900,
    approval_url: APPROVAL_URL,
    cancel_url: CANCEL_URL,
    fail_url: FAIL_URL,
    ...members,
  });
  const authenticated = async (members: Json = {}, choice: Json = {}): Promise<Json> => {
    const wanted = order(members);
    const { tid } = readOk(await shop.call('ready', wanted));
    const { redirectUrl } = simulator.kakaopay.pay(tid, choice);
    return {
      cid: wanted.cid,
      tid,
      partner_order_id: wanted.partner_order_id,
      partner_user_id: wanted.partner_user_id,
      pg_token: new URL(redirectUrl).searchParams.get('pg_token'),
    };
  };
  const paid = async (members: Json = {}, choice: Json = {}): Promise<Json> =>
    readOk(await shop.call('approve', await authenticated(members, choice)));
  return {
    simulator,
    shop,
    legacy: new KakaoPayShop(simulator.baseUrl, 'legacy'),
    order,
    authenticated,
    paid,
    sid: async (members = {}, choice = {}) => String((await paid({ cid: RECURRING, ...members }, choice)).sid),
    close: () => simulator.close(),
  };
}

/** Status, code and the method's own code in one word, as tables state them. */
export function codeOf(answer: Answer): string {
  const { error_code: code, extras } = read(answer);
  return [answer.status, code, ...(extras === undefined ? [] : [extras.method_result_code])].map(String).join(' ');
}

/** A shop's calls, plainly made. */
export class KakaoPayShop {
  constructor(
    private readonly baseUrl: string,
    private readonly generation: 'current' | 'legacy',
    private readonly merchant = KAKAOPAY_MERCHANT,
  ) {}

  /** The other application's. */
  second(): KakaoPayShop {
    return new KakaoPayShop(this.baseUrl, this.generation, SECOND_KAKAOPAY_MERCHANT);
  }

  address(path: string): string {
    return `${this.baseUrl}${this.generation === 'current' ? '/online' : ''}/v1/payment/${path}`;
  }

  call(path: string, body: Json): Promise<Answer> {
    if (this.generation === 'current') {
      const headers = { Authorization: `SECRET_KEY ${this.merchant.secretKey}`, 'Content-Type': 'application/json' };
      return send('POST', this.address(path), headers, JSON.stringify(body));
    }
    const type = 'application/x-www-form-urlencoded;charset=utf-8';
    const headers = { Authorization: `KakaoAK ${this.merchant.adminKey}`, 'Content-Type': type };
    const texts = Object.entries(body).filter(([, value]) => value !== undefined);
    return send('POST', this.address(path), headers, new URLSearchParams(texts).toString());
  }

  /** The legacy generation takes everything in the query, too. */
  callByQuery(path: string, body: Json): Promise<Answer> {
    const headers = { Authorization: `KakaoAK ${this.merchant.adminKey}` };
    return send('POST', `${this.address(path)}?${new URLSearchParams(body).toString()}`, headers);
  }

  order(tid: string, cid = SINGLE): Promise<Answer> {
    return this.call('order', { cid, tid });
  }

  cancel(tid: string, body: Json): Promise<Answer> {
    return this.call('cancel', { cid: SINGLE, tid, cancel_tax_free_amount: 0, ...body });
  }

  charge(sid: string, body: Json = {}): Promise<Answer> {
    return this.call('subscription', {
      cid: RECURRING,
      sid,
      partner_order_id: 'sub42-202612-r0',
      partner_user_id: 'c_7f31',
      item_name: '월간 이용권',
      quantity: 1,
      total_amount: 9900,
      tax_free_amount: 0,
      vat_amount: 900,
      ...body,
    });
  }

  status(sid: string): Promise<Answer> {
    return this.call('manage/subscription/status', { cid: RECURRING, sid });
  }

  inactive(sid: string): Promise<Answer> {
    return this.call('manage/subscription/inactive', { cid: RECURRING, sid });
  }
}
