import { randomUUID } from 'node:crypto';
import { readConfiguration } from '../../../src/config';
import {
  GATEWAY_NAMES,
  type FoundPayment,
  type GatewayAnswer,
  type Gateways,
  type LookedUpPayment,
  type PaymentReceipt,
  type PreparedRefund,
} from '../../../src/gateways';
import { won } from '../../../src/kernel/won';
import { startService, type RunningService } from '../../../src/service';
import { startWorld, type BillingWorld } from '../../support/billing-world';
import {
  CALLS,
  GATEWAYS_UNDER_TEST,
  confirmedByUs,
  gatewaysOf,
  valueOf,
  type Call,
  type GatewayUnderTest,
  type Known,
  type PaidPayment,
} from './adapters';
import { AMOUNT, LOOKUP_STORIES, PART, PAYMENT_STORIES, REFUND_STORIES, type Story, type Strike } from './stories';

type Name = keyof typeof GATEWAYS_UNDER_TEST;
const NAMES = Object.keys(GATEWAYS_UNDER_TEST) as Name[];
const known = (name: Name): Known => GATEWAYS_UNDER_TEST[name].knows;

/** Only what is to run into them has such time-outs. */
const SOON = {
  TSTORE_ANSWER_TIMEOUT_SECONDS: '3',
  TOSS_ANSWER_TIMEOUT_SECONDS: '3',
  KAKAOPAY_ANSWER_TIMEOUT_SECONDS: '3',
  PORTONE_ANSWER_TIMEOUT_SECONDS: '3',
};

const TITLES: Readonly<Record<Call, string>> = {
  confirm: 'a payment in its window',
  charge: 'a charge of a payment method',
  refund: 'a refund of a part',
  lookup: 'a lookup',
};

/** Each story of each gateway that can be told of it; of the others, why not. What a gateway has no way to, a test of its own says. */
function tellings<Told extends Pick<Story, 'is' | 'strike'>, Which extends Call>(
  calls: readonly Which[],
  stories: readonly Told[],
) {
  const ways = NAMES.flatMap((name) => calls.map((call) => ({ name, call, what: TITLES[call] })));
  const there = ways.filter(({ name, call }) => known(name).lacks[call] === undefined);
  const all = there.flatMap((way) => stories.map((story) => ({ ...way, story })));
  const whyNot = ({ name, call, story }: (typeof all)[number]): string | undefined =>
    story.strike && known(name).untold[call]?.[story.strike];
  const untold = all.flatMap((one) => {
    const why = whyNot(one);
    return why === undefined ? [] : [{ ...one, why }];
  });
  return { told: all.filter((one) => whyNot(one) === undefined), untold };
}

const PAYMENTS = tellings(['confirm', 'charge'], PAYMENT_STORIES);
const REFUNDS = tellings(['refund'], REFUND_STORIES);
const LOOKUPS = tellings(['lookup'], LOOKUP_STORIES);

/** The same story means the same to us, whichever the gateway: each is told of all of them, with their simulators. */
describe('what a gateway’s answers mean', () => {
  let world: BillingWorld;
  let hurried: RunningService;
  const gateways = new Map<Name, GatewayUnderTest>();

  beforeAll(async () => {
    world = await startWorld({
      ...{ toss: true, kakaopay: true, portone: true },
      ...{ simulator: { declineRate: 0 }, environment: confirmedByUs() },
    });
    hurried = await startService(readConfiguration({ ...world.environment, ROLE: 'checkout', ...SOON }), {
      clock: world.clock,
      drainTimes: { noticeMs: 0, finishMs: 5_000 },
    });
    for (const name of NAMES) gateways.set(name, GATEWAYS_UNDER_TEST[name].with(world));
  });

  afterEach(() => {
    for (const gateway of gateways.values()) gateway.heal();
  });

  afterAll(async () => {
    await hurried.close();
    await world.close();
  });

  const under = (name: Name): GatewayUnderTest => gateways.get(name) as GatewayUnderTest;
  const ports = (): Gateways => gatewaysOf(world.service);
  const portsFor = (how: Strike | undefined): Gateways => (how === 'answer-held' ? gatewaysOf(hurried) : ports());

  function strike(name: Name, call: Call, how: Strike | undefined): void {
    if (how === 'declined') under(name).decline();
    else if (how !== undefined) under(name).strike(call, how);
  }

  const found = (name: Name, transactionId: string, by = ports()): Promise<GatewayAnswer<LookedUpPayment>> =>
    by.finding(name).find({ account: name, transactionId });

  it('is told of every gateway there is', () => {
    expect([...NAMES].sort()).toEqual([...GATEWAY_NAMES].sort());
  });

  const ways = NAMES.flatMap((name) =>
    CALLS.map((call) => {
      const lacks = known(name).lacks[call];
      return { name, call, lacks, what: TITLES[call], is: lacks === undefined ? 'there' : `not there, for ${lacks}` };
    }),
  );

  it.each(ways)('$name and $what: $is', ({ name, call, lacks }) => {
    const asked = { confirm: 'confirming', charge: 'charging', refund: 'refunding', lookup: 'finding' } as const;
    const cannot = expect.objectContaining({ code: 'gateway-cannot' });
    expect(lackOf(() => ports()[asked[call]](name))).toEqual(lacks === undefined ? undefined : cannot);
  });

  it.each([...PAYMENTS.untold, ...REFUNDS.untold, ...LOOKUPS.untold])(
    '$name: (not told: $what $story.is: $why)',
    ({ why }) => expect(why).not.toBe(''),
  );

  it.each(PAYMENTS.told)('$name: $what $story.is', async ({ name, call, story }) => {
    const gateway = under(name);
    const taken = await gateway[call]?.(portsFor(story.strike), () => strike(name, call, story.strike));
    const { orderNo = '', reference = null, answer } = taken ?? {};
    // All of it is there to be held against what was asked.
    const value = { orderNo, amount: AMOUNT, currency: 'KRW', standing: 'paid' };
    expect(answer).toMatchObject({ ...story.means, ...(story.strike === undefined && { value }) });
    expect(await gateway.booked(orderNo)).toEqual({ taken: story.moves ? AMOUNT : 0, givenBack: 0 });
    gateway.heal();
    const isLost = reference === null && known(name).unfound[call] !== undefined;
    const after = await ports().findingOrders(name).findByOrder({ account: name, orderNo, reference });
    expect(toldOf(after)).toBe(isLost ? 'undecided' : story.moves ? `paid ${AMOUNT}` : 'not paid');
  });

  async function preparedRefund(
    name: Name,
    by: Gateways,
    { transactionId, amount: paid }: PaidPayment,
    amount: number,
  ): Promise<PreparedRefund> {
    const { basis } = valueOf(await found(name, transactionId));
    const order = {
      account: name,
      basis,
      amount: won(amount),
      isFull: amount === paid,
      note: `refund ${randomUUID()}`,
    };
    return by.refunding(name).prepare({ ...order, idempotencyKey: randomUUID() });
  }

  it.each(REFUNDS.told)('$name: $what $story.is', async ({ name, story }) => {
    const paid = await under(name).paid();
    const prepared = await preparedRefund(name, portsFor(story.strike), paid, PART);
    strike(name, 'refund', story.strike);
    const value = { transactionId: paid.transactionId, amount: PART };
    expect(await prepared.send()).toMatchObject({ ...story.means, ...(story.strike === undefined && { value }) });
    const givenBack = story.moves ? PART : 0;
    expect(await under(name).booked(paid.orderNo)).toEqual({ taken: paid.amount, givenBack });
    under(name).heal();
    const { payment } = valueOf(await found(name, paid.transactionId));
    expect(payment).toMatchObject({ amount: paid.amount, isRefunded: story.moves });
    expect(leftOf(payment, paid.amount - givenBack)).toBe(`paid, ${paid.amount - givenBack} left`);
  });

  it.each(NAMES)('%s: a refund of all that is made', async (name) => {
    const paid = await under(name).paid();
    const answer = await (await preparedRefund(name, ports(), paid, paid.amount)).send();
    expect(answer).toMatchObject({
      kind: 'success',
      value: { transactionId: paid.transactionId, amount: paid.amount },
    });
    expect(await under(name).booked(paid.orderNo)).toEqual({ taken: paid.amount, givenBack: paid.amount });
    const { payment } = valueOf(await found(name, paid.transactionId));
    expect(payment).toMatchObject({ amount: paid.amount, isPaid: false, isRefunded: true });
    expect(leftOf(payment, 0)).toBe('refunded, 0 left');
  });

  it.each(NAMES)('%s: a refund of what somebody else has given back meanwhile', async (name) => {
    const paid = await under(name).paid();
    const prepared = await preparedRefund(name, ports(), paid, paid.amount);
    expect(await (await preparedRefund(name, ports(), paid, PART)).send()).toMatchObject({ kind: 'success' });
    expect(await prepared.send()).toMatchObject({ kind: 'refused', nothingLeft: true });
    expect(await under(name).booked(paid.orderNo)).toEqual({ taken: paid.amount, givenBack: PART });
  });

  it.each(LOOKUPS.told)('$name: $what $story.is', async ({ name, story }) => {
    const { transactionId } = await under(name).paid();
    strike(name, 'lookup', story.strike);
    expect(await found(name, transactionId, portsFor(story.strike))).toMatchObject(story.means);
  });

  it.each(NAMES)('%s: a lookup of a payment that is there, and of none', async (name) => {
    const { transactionId, amount } = await under(name).paid();
    const { payment, basis } = valueOf(await found(name, transactionId));
    expect(payment).toMatchObject({ transactionId, amount, isPaid: true, isRefunded: false });
    expect([basis.transactionId, leftOf(payment, amount)]).toEqual([transactionId, `paid, ${amount} left`]);
    const other = transactionId.replace(/\d/g, (digit) => String(9 - Number(digit)));
    expect(await found(name, other)).toMatchObject({ kind: 'refused', notFound: true });
  });
});

function lackOf(ask: () => unknown): unknown {
  try {
    ask();
    return undefined;
  } catch (error) {
    return error;
  }
}

/** What is found out of a payment, in a word: what is open or over is not paid, as what is not there. */
function toldOf(answer: GatewayAnswer<PaymentReceipt>): string {
  if (answer.kind === 'unknown') return answer.reason;
  if (answer.kind === 'refused') return answer.notFound === true ? 'not paid' : `refused: ${answer.resultMessage}`;
  return answer.value.standing === 'paid' ? `paid ${answer.value.amount}` : 'not paid';
}

/** How a payment stands, and what is left of it. What the gateway does not tell is as it should be: absent, and never wrong. */
function leftOf({ standing, balance }: FoundPayment, expected: number): string {
  return `${standing ?? (expected === 0 ? 'refunded' : 'paid')}, ${balance ?? expected} left`;
}
