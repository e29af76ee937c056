import { randomUUID } from 'node:crypto';
import {
  Gateways,
  type CheckoutPayment,
  type GatewayName,
  type MethodSecret,
  type OpenWindow,
  type PaymentAnswer,
  type PaymentReceipt,
} from '../../../src/gateways';
import { PORTONE_STORE } from '../../../simulator';
import { won } from '../../../src/kernel/won';
import type { RunningService } from '../../../src/service';
import type { BillingWorld } from '../../support/billing-world';
import { paidCharges } from '../../support/refunds';
import { AMOUNT, type Strike } from './stories';

/** What the stories ask of a gateway. */
export const CALLS = ['confirm', 'charge', 'refund', 'lookup'] as const;
export type Call = (typeof CALLS)[number];

/** Why a story is not told of a gateway: told as the name of a test, so that nothing is left out in silence. */
export type Reason = string;

/** What came of a call that takes a customer's money, and where it would be found. */
export interface Taken {
  orderNo: string;
  /** The gateway's own key, as far as it is known whatever is answered. */
  reference: string | null;
  answer: PaymentAnswer<PaymentReceipt>;
}

/** @param by whose ports take it @param before is done once all is ready to be sent */
export type Takes = (by: Gateways, before: () => void) => Promise<Taken>;

export interface PaidPayment {
  transactionId: string;
  orderNo: string;
  amount: number;
}

/** What of the stories a gateway has no part in. */
export interface Known {
  /** The calls that it has no port for, each with the reason. */
  readonly lacks: Partial<Record<Call, Reason>>;
  /** Stories that can't be told of a call of it, each with the reason. */
  readonly untold: Partial<Record<Call, Partial<Record<Strike, Reason>>>>;
  /** Calls that can't be found by what is known without an answer, each with the reason. */
  readonly unfound: Partial<Record<'confirm' | 'charge', Reason>>;
}

/** One gateway, as the stories are played by its simulator. */
export interface GatewayUnderTest {
  /** Tells the simulator what to do to the next call. */
  strike(call: Call, strike: Exclude<Strike, 'declined'>): void;
  /** The customer's bank says no to all that is asked from now on. */
  decline(): void;
  /** All goes as it should again, also what is held. */
  heal(): void;
  /** What the gateway has taken by an order number, by its own book, and what of that is given back. */
  booked(orderNo: string): Promise<{ taken: number; givenBack: number }>;
  /** A payment that is paid. */
  paid(): Promise<PaidPayment>;
  /** The window is opened, the customer agrees, and the call confirms it. */
  confirm?: Takes;
  /** A payment method is entered in its window, and charged. */
  charge?: Takes;
}

let counter = 0;
const nextOrderNo = (gateway: string): string => `story-${gateway}-${(counter += 1)}`;

export function gatewaysOf({ app }: RunningService): Gateways {
  return app.get(Gateways, { strict: false });
}

const ADDRESSES = {
  ...{ successUrl: 'https://shop.example/yes', failUrl: 'https://shop.example/no' },
  ...{ ownSuccessUrl: 'https://shop.example/1/yes', ownFailUrl: 'https://shop.example/1/no' },
};

/** Whose customers agree in windows: both ways to take money by one call. */
class Windowed {
  constructor(
    private readonly gateway: GatewayName,
    /** The customer agrees in the window. @returns where the browser is led */
    private readonly agree: (window: OpenWindow['window'], orderNo: string, is: 'payment' | 'method') => string,
  ) {}

  async confirm(by: Gateways, before: () => void): Promise<Taken> {
    const confirming = by.confirming(this.gateway);
    const orderNo = nextOrderNo(this.gateway);
    const of = { account: this.gateway, orderNo, amount: won(AMOUNT), customerKey: randomUUID() };
    const sold = { orderName: '문구 세트', taxFreeAmount: won(0), customerName: null, customerEmail: null };
    const opened = valueOf(await confirming.window({ ...of, ...sold, ...ADDRESSES }));
    const back = confirming.returned(this.back(opened, orderNo, 'payment'));
    const reference = opened.reference ?? back?.reference;
    if (back === undefined || reference === undefined) throw new Error('the window led back with nothing');
    const proof = back.proof === undefined ? {} : { proof: back.proof };
    const payment: CheckoutPayment = { ...of, reference, ...proof, idempotencyKey: randomUUID() };
    const prepared = await confirming.prepare(payment);
    before();
    return { orderNo, reference, answer: await prepared.send() };
  }

  async charge(by: Gateways, before: () => void): Promise<Taken> {
    const method = await this.method(by);
    const orderNo = nextOrderNo(this.gateway);
    const of = { account: this.gateway, orderNo, amount: won(AMOUNT), taxFreeAmount: won(0), productName: '구독' };
    const charging = by.charging(this.gateway);
    const prepared = await charging.prepare({ ...of, method, idempotencyKey: randomUUID() });
    before();
    const answer = await prepared.send();
    return { orderNo, reference: answer.kind === 'success' ? answer.value.transactionId : null, answer };
  }

  private async method(by: Gateways): Promise<MethodSecret> {
    const issuing = by.issuing(this.gateway);
    const orderNo = nextOrderNo(this.gateway);
    const of = { account: this.gateway, orderNo, customerKey: randomUUID() };
    const opened = valueOf(await issuing.window({ ...of, ...ADDRESSES }));
    const back = issuing.returned(this.back(opened, orderNo, 'method'));
    if (back === undefined) throw new Error('the window led back with nothing');
    const { reference } = opened;
    const order = { ...of, authKey: back.authKey, reference, idempotencyKey: randomUUID() };
    return valueOf(await (await issuing.prepare(order)).send());
  }

  private back({ window }: OpenWindow, orderNo: string, is: 'payment' | 'method'): Record<string, string> {
    return Object.fromEntries(new URL(this.agree(window, orderNo, is)).searchParams);
  }
}

/** @throws {Error} when a story does not begin as it should */
export function valueOf<Value>(answer: PaymentAnswer<Value>): Value {
  if (answer.kind !== 'success') throw new Error(`not as the story begins: ${JSON.stringify(answer)}`);
  return answer.value;
}

async function paidBy(world: BillingWorld, windowed: Windowed): Promise<PaidPayment> {
  const { orderNo, answer } = await windowed.confirm(gatewaysOf(world.service), () => undefined);
  return { transactionId: valueOf<PaymentReceipt>(answer).transactionId, orderNo, amount: AMOUNT };
}

type Refused = 'unknown-code' | 'too-much' | 'unauthorized';

/** Faults of the simulators have the stories' names, but for refusals, which are by the gateway's codes. */
function faultOf<Options>(strike: Exclude<Strike, 'declined'>, codes: Record<Refused, Options>) {
  if (strike === 'unknown-code' || strike === 'too-much' || strike === 'unauthorized') {
    return { kind: 'call-refused', options: codes[strike] } as const;
  }
  return { kind: strike };
}

function tossUnderTest(world: BillingWorld): GatewayUnderTest {
  const { toss } = world.simulator;
  const calls = { confirm: 'confirm', charge: 'billing-charge', refund: 'cancel', lookup: 'lookup' } as const;
  const windowed = new Windowed('toss', (window, orderNo, is) => {
    if (is === 'method') return String(toss.pay(toss.openBilling({ method: 'CARD', ...window }).id).redirectUrl);
    toss.openPayment({ method: 'CARD', ...window, amount: { currency: 'KRW', value: AMOUNT } });
    return String(toss.pay(orderNo).redirectUrl);
  });
  return {
    strike(call, strike) {
      const codes = {
        'unknown-code': { code: 'BRAND_NEW', status: 400 },
        'too-much': { code: 'TOO_MANY', status: 429 },
        unauthorized: { code: 'UNAUTHORIZED_KEY', status: 401 },
      };
      toss.armFault({ call: calls[call], ...faultOf(strike, codes) });
    },
    decline: () => toss.declineApprovals({ code: 'REJECT_CARD_PAYMENT' }),
    heal() {
      toss.disarmAllFaults();
      toss.forgetDeclines();
    },
    booked: (orderNo) => Promise.resolve(sumOf(toss.bookOfOrder(orderNo))),
    paid: () => paidBy(world, windowed),
    confirm: (by, before) => windowed.confirm(by, before),
    charge: (by, before) => windowed.charge(by, before),
  };
}

function kakaopayUnderTest(world: BillingWorld): GatewayUnderTest {
  const { kakaopay } = world.simulator;
  const calls = { confirm: 'approve', charge: 'subscription', refund: 'cancel', lookup: 'order' } as const;
  const windowed = new Windowed('kakaopay', (_window, orderNo) => kakaopay.pay(orderNo).redirectUrl);
  return {
    strike(call, strike) {
      const codes = {
        'unknown-code': { code: '-9999', status: 400 },
        'too-much': { code: '-10', status: 429 },
        unauthorized: { code: '-401', status: 401 },
      };
      kakaopay.armFault({ call: calls[call], ...faultOf(strike, codes) });
    },
    decline: () => kakaopay.declineApprovals({ code: 'LACK_BALANCE' }),
    heal() {
      kakaopay.disarmAllFaults();
      kakaopay.forgetDeclines();
    },
    booked: (orderNo) => Promise.resolve(sumOf(kakaopay.bookOfOrder(orderNo))),
    paid: () => paidBy(world, windowed),
    confirm: (by, before) => windowed.confirm(by, before),
    charge: (by, before) => windowed.charge(by, before),
  };
}

function portoneUnderTest(world: BillingWorld): GatewayUnderTest {
  const { portone } = world.simulator;
  const calls = { confirm: 'confirm', charge: 'charge', refund: 'cancel', lookup: 'lookup' } as const;
  const windowed = new Windowed('portone', (window, orderNo, is) => {
    if (is === 'method') {
      return String(portone.pay(portone.openBilling({ billingKeyMethod: 'CARD', ...window }).id).redirectUrl);
    }
    portone.openPayment({ payMethod: 'CARD', ...window });
    return String(portone.pay(orderNo).redirectUrl);
  });
  return {
    strike(call, strike) {
      const codes = {
        'unknown-code': { type: 'BRAND_NEW', status: 400 },
        'too-much': { type: 'TOO_MANY_REQUESTS', status: 429 },
        unauthorized: { type: 'UNAUTHORIZED', status: 401 },
      };
      portone.armFault({ call: calls[call], ...faultOf(strike, codes) });
    },
    decline: () => portone.declineApprovals({ code: 'REJECT_CARD_PAYMENT' }),
    heal() {
      portone.disarmAllFaults();
      portone.forgetDeclines();
    },
    booked(orderNo) {
      const entries = portone.bookOfOrder(orderNo);
      return Promise.resolve(
        sumOf(entries.map((one) => ({ approvedAmount: one.paidAmount, canceledAmount: one.cancelledAmount }))),
      );
    },
    paid: () => paidBy(world, windowed),
    confirm: (by, before) => windowed.confirm(by, before),
    charge: (by, before) => windowed.charge(by, before),
  };
}

/** Settings of an account of PortOne whose payments wait for our confirmation: of the others the money moves in the window. */
export function confirmedByUs(): Record<string, string> {
  const manual = PORTONE_STORE.channels.find(({ isManual }) => isManual);
  return { PORTONE_CHANNEL_KEYS: manual?.key ?? '', PORTONE_MANUAL_CONFIRM: 'true' };
}

/** Charges of a file, each for one story. */
const FILED = 20;
const BY_FILE = 'it collects by files, of which test/e2e/result.spec.ts tells';

function tstoreUnderTest(world: BillingWorld): GatewayUnderTest {
  const { control } = world.simulator;
  const faults = {
    refund: {
      'answer-lost': { kind: 'refund-answer-lost' },
      'answer-held': { kind: 'refund-held' },
      'answer-html': { kind: 'refund-html-after' },
      'call-cut': { kind: 'refund-cut' },
      'call-html': { kind: 'refund-html' },
      'unknown-code': { kind: 'refund-refused', options: { resultCode: '7777', status: 200 } },
      unauthorized: { kind: 'token-revoked' },
    },
    lookup: {
      'answer-lost': { kind: 'lookup-cut' },
      'answer-held': { kind: 'lookup-held' },
      'call-html': { kind: 'lookup-html' },
      'unknown-code': { kind: 'lookup-refused', options: { resultCode: '7777', status: 200 } },
    },
  } as const;
  const paid: string[] = [];
  return {
    strike(call, strike) {
      const order = (faults as Record<string, Record<string, Parameters<typeof control.armFault>[0]>>)[call]?.[strike];
      if (order === undefined) throw new Error(`nobody has said how T store plays ${strike} of a ${call}`);
      control.armFault(order);
    },
    decline: () => undefined,
    heal: () => control.disarmAllFaults(),
    async booked(orderNo) {
      const entries = await control.bookOfOrder(orderNo);
      const sum = (amounts: number[]) => amounts.reduce((total, amount) => total + amount, 0);
      return {
        taken: sum(entries.map(({ amount }) => amount)),
        givenBack: sum(entries.flatMap(({ refunds }) => refunds.map(({ amount }) => amount))),
      };
    },
    async paid() {
      if (paid.length === 0) paid.push(...(await paidCharges(world, FILED, `${nextOrderNo('tstore')}-`)));
      const orderNo = String(paid.shift());
      const { transactionId, amount } = (await world.get(`charges/${orderNo}`)).body;
      return { transactionId, orderNo, amount };
    },
  };
}

function sumOf(entries: readonly { approvedAmount: number; canceledAmount: number }[]) {
  const sum = (amountOf: (entry: (typeof entries)[number]) => number) =>
    entries.reduce((total, entry) => total + amountOf(entry), 0);
  return { taken: sum((one) => one.approvedAmount), givenBack: sum((one) => one.canceledAmount) };
}

/** Every gateway, each described once: what it has no part in, and how its simulator plays the rest. */
export const GATEWAYS_UNDER_TEST = {
  tstore: {
    knows: {
      lacks: { confirm: BY_FILE, charge: BY_FILE },
      untold: {
        refund: {
          'too-much': 'T store has published no code that means that nothing was done and that asking again helps',
        },
        lookup: {
          'too-much': 'T store has published no code that means that nothing was done and that asking again helps',
          unauthorized: 'a new token is got, and it is asked again: nobody else hears of it',
        },
      },
      unfound: {},
    },
    with: tstoreUnderTest,
  },
  toss: { knows: { lacks: {}, untold: {}, unfound: {} }, with: tossUnderTest },
  kakaopay: {
    knows: { lacks: {}, untold: {}, unfound: { charge: 'its tid, by which alone it is found, was in the answer' } },
    with: kakaopayUnderTest,
  },
  portone: { knows: { lacks: {}, untold: {}, unfound: {} }, with: portoneUnderTest },
} as const satisfies Record<GatewayName, { knows: Known; with: (world: BillingWorld) => GatewayUnderTest }>;
