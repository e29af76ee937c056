import {
  DEFAULT_OPTIONS,
  startSimulator,
  TOSS_MERCHANT,
  type Simulator,
  type SimulatorOptions,
} from '../../../../simulator';
import { startListener, type Listener, type Received } from '../../simulator/support/listener';
import { read, readOk, type Json } from '../../simulator/support/answers';
import { send, type Answer } from '../../simulator/support/merchant';

export { read, readOk, type Json };

export const SUCCESS_URL = 'https://shop.example/pay/success?token=t1';
export const FAIL_URL = 'https://shop.example/pay/fail?token=t1';
export const MINUTE_MS = 60_000;

/** A simulator with a pinned clock, a shop's listener at its webhooks, and the shop's calls. */
export interface TossBench {
  simulator: Simulator;
  listener: Listener;
  shop: TossShop;
  /** Members of `requestPayment` for a new order. */
  order(members?: Json): Json;
  /** Opens a window and pays in it: what the return has. */
  authenticated(members?: Json, choice?: Json): Promise<Json>;
  /** The same, and confirms: the payment. */
  paid(members?: Json, choice?: Json): Promise<Json>;
  /** Registers a card and issues the billing key of it. */
  billingKey(customerKey?: string, choice?: Json): Promise<Json>;
  /** What the listener has got so far, read. */
  messages(): Json[];
  close(): Promise<void>;
}

export async function openTossBench(options: Partial<SimulatorOptions> = {}): Promise<TossBench> {
  const listener = await startListener();
  listener.answerWith((_received, response) => {
    response.end();
  });
  const simulator = await startSimulator({
    timeFactor: 0,
    tossMerchants: [{ ...TOSS_MERCHANT, webhookUrls: [listener.url] }, ...DEFAULT_OPTIONS.tossMerchants.slice(1)],
    ...options,
  });
  const shop = new TossShop(simulator.baseUrl);
  const { toss } = simulator;
  let orders = 0;
  const order = (members: Json = {}): Json => ({
    method: 'CARD',
    amount: { currency: 'KRW', value: 15_000 },
    orderId: `order-${String((orders += 1)).padStart(4, '0')}`,
    orderName: '문구 세트',
    customerKey: 'customer-1',
    successUrl: SUCCESS_URL,
    failUrl: FAIL_URL,
    ...members,
  });
  const authenticated = async (members: Json = {}, choice: Json = {}): Promise<Json> => {
    const wanted = order(members);
    toss.openPayment(wanted);
    const { members: returned } = toss.pay(wanted.orderId, choice);
    return { paymentKey: returned.paymentKey, orderId: returned.orderId, amount: Number(returned.amount) };
  };
  return {
    simulator,
    listener,
    shop,
    order,
    authenticated,
    paid: async (members, choice) => readOk(await shop.confirm(await authenticated(members, choice))),
    billingKey: async (customerKey = 'customer-1', choice = {}) => {
      const window = toss.openBilling({ method: 'CARD', customerKey, successUrl: SUCCESS_URL, failUrl: FAIL_URL });
      const { members } = toss.pay(window.id, choice);
      return readOk(await shop.post('/v1/billing/authorizations/issue', { authKey: members.authKey, customerKey }));
    },
    messages: () => listener.received.map(bodyOf),
    close: async () => {
      await simulator.close();
      await listener.close();
    },
  };
}

export function bodyOf(received: Received): Json {
  return JSON.parse(received.body) as Json;
}

/** Status and code in one word, as tables state them. */
export function codeOf(answer: Answer): string {
  return `${String(answer.status)} ${String(read(answer).code)}`;
}

/** A shop's calls, plainly made. */
export class TossShop {
  constructor(
    private readonly baseUrl: string,
    private readonly secretKey = TOSS_MERCHANT.secretKey,
  ) {}

  with(secretKey: string): TossShop {
    return new TossShop(this.baseUrl, secretKey);
  }

  get(path: string, headers: Record<string, string> = {}): Promise<Answer> {
    return send('GET', this.baseUrl + path, { ...this.authorization(), ...headers });
  }

  post(path: string, body: Json, headers: Record<string, string> = {}): Promise<Answer> {
    const all = { ...this.authorization(), 'Content-Type': 'application/json', ...headers };
    return send('POST', this.baseUrl + path, all, JSON.stringify(body));
  }

  delete(path: string): Promise<Answer> {
    return send('DELETE', this.baseUrl + path, this.authorization());
  }

  confirm(body: Json, headers: Record<string, string> = {}): Promise<Answer> {
    return this.post('/v1/payments/confirm', body, headers);
  }

  cancel(paymentKey: string, body: Json, headers: Record<string, string> = {}): Promise<Answer> {
    return this.post(`/v1/payments/${paymentKey}/cancel`, { cancelReason: '고객 요청', ...body }, headers);
  }

  charge(billingKey: string, body: Json, headers: Record<string, string> = {}): Promise<Answer> {
    const usual = { customerKey: 'customer-1', amount: 9900, orderId: 'sub42-202612-r0', orderName: '월간 이용권' };
    return this.post(`/v1/billing/${encodeURIComponent(billingKey)}`, { ...usual, ...body }, headers);
  }

  lookup(paymentKey: string): Promise<Answer> {
    return this.get(`/v1/payments/${paymentKey}`);
  }

  private authorization(): Record<string, string> {
    return { Authorization: `Basic ${Buffer.from(`${this.secretKey}:`).toString('base64')}` };
  }
}
