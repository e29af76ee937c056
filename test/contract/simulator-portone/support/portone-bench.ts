import { PortOneClient, type PortOneClient as Client } from '@portone/server-sdk';
import {
  DEFAULT_OPTIONS,
  PORTONE_STORE,
  SECOND_PORTONE_STORE,
  startSimulator,
  type PortOneStoreOptions,
  type Simulator,
  type SimulatorOptions,
} from '../../../../simulator';
import { startListener, type Listener } from '../../simulator/support/listener';
import { read, readOk, type Json } from '../../simulator/support/answers';
import { send, type Answer } from '../../simulator/support/merchant';

export { read, readOk, type Json };

export const MINUTE_MS = 60_000;
export const HOUR_MS = 60 * MINUTE_MS;
export const REDIRECT_URL = 'https://shop.example/return?token=t1';

export const STORE_ID = PORTONE_STORE.storeId;
/** Channels of the first store, by what they are for. */
export const [TOSS, KAKAOPAY, MANUAL, TOSS_TEST, KAKAOPAY_TEST] = PORTONE_STORE.channels.map(({ key }) => key) as [
  string,
  string,
  string,
  string,
  string,
];

/** A simulator with a pinned clock at the real time, a shop's listener at its webhooks, and the vendor's own client. */
export interface PortOneBench {
  simulator: Simulator;
  listener: Listener;
  /** The vendor's client, unmodified, with the first store's secret and id. */
  sdk: Client;
  /** The same with the second store's. */
  secondSdk: Client;
  shop: PortOneShop;
  /** Members of `requestPayment` for a new payment. */
  order(members?: Json): Json;
  /** Opens a window and pays in it: the `paymentId`. */
  paid(members?: Json, choice?: Json): string;
  /** Registers a method in a window: the billing key. */
  billingKey(members?: Json, choice?: Json): string;
  /** What the listener has got so far, read. */
  messages(): Json[];
  close(): Promise<void>;
}

export async function openPortOneBench(options: Partial<SimulatorOptions> = {}): Promise<PortOneBench> {
  const listener = await startListener();
  listener.answerWith((_received, response) => {
    response.end();
  });
  const told = ({ webhooks, ...store }: PortOneStoreOptions): PortOneStoreOptions => ({
    ...store,
    webhooks: { LIVE: { ...webhooks.LIVE, url: listener.url }, TEST: { ...webhooks.TEST, url: listener.url } },
  });
  const simulator = await startSimulator({
    timeFactor: 0,
    portoneStores: DEFAULT_OPTIONS.portoneStores.map(told),
    ...options,
  });
  const { portone, baseUrl } = simulator;
  const sdkOf = ({ apiSecret: secret, storeId }: PortOneStoreOptions): Client =>
    PortOneClient({ secret, storeId, baseUrl });
  let orders = 0;
  const order = (members: Json = {}): Json => ({
    storeId: STORE_ID,
    paymentId: `order-${String((orders += 1)).padStart(4, '0')}`,
    channelKey: TOSS,
    orderName: '월간 이용권',
    totalAmount: 9900,
    currency: 'KRW',
    payMethod: 'CARD',
    customer: { customerId: 'c_7f31', fullName: '김손님' },
    redirectUrl: REDIRECT_URL,
    ...members,
  });
  return {
    simulator,
    listener,
    sdk: sdkOf(PORTONE_STORE),
    secondSdk: sdkOf(SECOND_PORTONE_STORE),
    shop: new PortOneShop(baseUrl),
    order,
    paid: (members, choice) => {
      const wanted = order(members);
      portone.openPayment(wanted);
      portone.pay(wanted.paymentId, choice);
      return String(wanted.paymentId);
    },
    billingKey: (members = {}, choice = {}) => {
      const customer = { customerId: 'c_7f31' };
      const asked = { storeId: STORE_ID, channelKey: TOSS, billingKeyMethod: 'CARD', customer, ...members };
      const { billingKey } = portone.pay(portone.openBilling(asked).id, choice).members;
      if (billingKey === undefined) throw new Error('no billing key was issued');
      return billingKey;
    },
    messages: () => listener.received.map(({ body }) => JSON.parse(body) as Json),
    close: async () => {
      await simulator.close();
      await listener.close();
    },
  };
}

/** Status and type in one word, as tables state them; with the payment company's code where there is one. */
export function typeOf(answer: Answer): string {
  const { type, pgCode } = read(answer);
  return [answer.status, type, ...(pgCode === undefined ? [] : [pgCode])].map(String).join(' ');
}

/** The type of the error that the vendor's client throws. */
export async function refusalOf(call: Promise<unknown>): Promise<string> {
  try {
    await call;
  } catch (error) {
    const { data } = error as { data?: Json };
    if (data === undefined) throw error;
    return [data.type, ...(data.pgCode === undefined ? [] : [data.pgCode])].map(String).join(' ');
  }
  return 'done';
}

/** Of a lookup: what was paid. */
export async function lookedUp(bench: PortOneBench, paymentId: string): Promise<Json> {
  return bench.sdk.payment.getPayment({ paymentId });
}

/** A shop's calls, plainly made: with keys, which the vendor's client can't send. */
export class PortOneShop {
  constructor(
    readonly baseUrl: string,
    private readonly secret = PORTONE_STORE.apiSecret,
  ) {}

  get(path: string, headers: Record<string, string> = {}): Promise<Answer> {
    return send('GET', this.baseUrl + path, { ...this.authorization(), ...headers });
  }

  post(path: string, body: Json, headers: Record<string, string> = {}): Promise<Answer> {
    const all = { ...this.authorization(), 'Content-Type': 'application/json', ...headers };
    return send('POST', this.baseUrl + path, all, JSON.stringify(body));
  }

  delete(path: string, headers: Record<string, string> = {}): Promise<Answer> {
    return send('DELETE', this.baseUrl + path, { ...this.authorization(), ...headers });
  }

  lookup(paymentId: string): Promise<Answer> {
    return this.get(`/payments/${encodeURIComponent(paymentId)}`);
  }

  cancel(paymentId: string, body: Json = {}, headers: Record<string, string> = {}): Promise<Answer> {
    return this.post(`/payments/${paymentId}/cancel`, { reason: '고객 요청', ...body }, headers);
  }

  charge(paymentId: string, body: Json, headers: Record<string, string> = {}): Promise<Answer> {
    const usual = { orderName: '월간 이용권', amount: { total: 9900 }, currency: 'KRW', customer: { id: 'c_7f31' } };
    return this.post(`/payments/${paymentId}/billing-key`, { ...usual, ...body }, headers);
  }

  private authorization(): Record<string, string> {
    return { Authorization: `PortOne ${this.secret}` };
  }
}
