import { request } from 'node:http';
import { connect } from 'node:net';
import { once } from 'node:events';
import { readConfiguration } from '../../src/config';
import { startService, type RunningService } from '../../src/service';
import { startWorld, type BillingWorld, type JsonBody } from '../support/billing-world';
import { EventStream } from '../support/event-stream';
import { send } from '../support/subscribers';
import { awaitedOrder, openedOrder, paidIn, type OpenedOrder } from '../support/toss-orders';
import { until } from '../support/until';

/** A deposit counts late, so that there is time to see that it has come. */
const SETTINGS = { CHECKOUT_HEARTBEAT_SECONDS: '1', VIRTUAL_ACCOUNT_SETTLE_DELAY_MINUTES: '60' };

describe('the live status of an order', () => {
  let world: BillingWorld;
  let other: RunningService;

  beforeAll(async () => {
    world = await startWorld({ toss: true, environment: SETTINGS });
    other = await replica();
  });

  afterEach(() => {
    world.simulator.toss.disarmAllFaults();
    world.simulator.toss.forgetDeclines();
  });

  afterAll(async () => {
    await other.close();
    await world.close();
  });

  /** One more process of the same service, that only customers' browsers call. */
  function replica(environment: NodeJS.ProcessEnv = {}, finishMs = 5_000): Promise<RunningService> {
    const settings = { ...world.environment, ROLE: 'checkout', ...environment };
    const drainTimes = { noticeMs: 0, finishMs };
    return startService(readConfiguration(settings), { clock: world.clock, drainTimes });
  }

  const eventsOf = ({ token }: Pick<OpenedOrder, 'token'>, { url } = other): string =>
    `${url}/checkout/v1/orders/${token}/events`;

  const stream = (order: OpenedOrder, lastEventId?: string): Promise<EventStream> =>
    EventStream.open(eventsOf(order), lastEventId);

  async function shown({ token }: OpenedOrder): Promise<JsonBody> {
    return (await fetch(`${world.service.url}/checkout/v1/orders/${token}`)).json();
  }

  async function stored(): Promise<OpenedOrder> {
    const order = { name: '공책', amount: 3_000, items: [{ name: '공책', unitAmount: 3_000 }] };
    const more = { reference: `live-${Math.random()}`, gatewayAccount: 'toss', returnUrl: 'https://shop.example/back' };
    const { body } = await send(world, 'POST', 'orders', { ...order, ...more });
    return { id: body.id, token: body.checkoutToken, window: undefined, orderNo: '' };
  }

  it('is the present one first, then each change that another process makes, and ends with the order', async () => {
    const order = await openedOrder(world);
    const live = await stream(order);
    expect([live.status, live.headers['access-control-allow-origin'], live.headers['cache-control']]).toEqual([
      200,
      '*',
      'no-store, no-transform',
    ]);
    const first = await live.next();
    expect(first).toEqual({ id: '2', name: 'order', order: await shown(order) });
    expect(first.order).toMatchObject({ state: 'Ready', failure: null });
    expect(live.retryMs).toBeGreaterThanOrEqual(1_000);

    await paidIn(world, order.window);
    const paid = await live.reaching('Paid');
    expect(paid.order).toEqual(await shown(order));
    await live.ended();
    expect(live.events.map(({ id, order: { state } }) => [id, state])).toEqual([
      ['2', 'Ready'],
      ['3', 'Confirming'],
      ['4', 'Paid'],
    ]);
  });

  it('tells nothing twice and misses nothing, wherever the customer comes back to', async () => {
    const order = await openedOrder(world);
    const live = await stream(order);
    const { id } = await live.next();
    live.leave();
    world.simulator.toss.declineApprovals({ orderId: order.orderNo, code: 'REJECT_CARD_PAYMENT' });
    await paidIn(world, order.window);

    const back = await EventStream.open(eventsOf(order, world.service), id);
    await back.next();
    const declined = await back.next();
    expect(declined.order).toEqual(await shown(order));
    expect(declined.order.failure.code).toBe('REJECT_CARD_PAYMENT');
    back.leave();

    const again = await stream(order, declined.id);
    await send(world, 'POST', `orders/${order.id}/cancel`, { reason: 'the customer asked' });
    expect((await again.next()).order).toMatchObject({ state: 'Canceled', failure: declined.order.failure });
    await again.ended();
    expect(again.events).toHaveLength(1);

    const all = await stream(order, '1');
    await all.ended();
    expect(all.events.map(({ order: { state, failure } }) => [state, failure?.code])).toEqual([
      ['Ready', undefined],
      ['Confirming', undefined],
      ['Ready', 'REJECT_CARD_PAYMENT'],
      ['Canceled', 'REJECT_CARD_PAYMENT'],
    ]);
    expect((await stream(order, '5')).status).toBe(204);
    const unknown = await Promise.all(['6', 'x', '-1', '5e', '99999999999'].map((one) => stream(order, one)));
    for (const one of unknown) {
      await one.ended();
      expect(one.events.map(({ id: at }) => at)).toEqual(['5']);
    }
  });

  it('tells of a deposit that comes, and where to pay only while that is asked', async () => {
    const order = await awaitedOrder(world);
    await until('it waits', async () => ((await shown(order)).state === 'AwaitingDeposit' ? true : undefined));
    const live = await stream(order);
    const waiting = await live.next();
    expect(waiting.order).toEqual(await shown(order));
    expect(waiting.order.deposit.deposited).toBe(false);
    world.simulator.toss.deposit(order.orderNo);
    // No further than that: a moment later it would count.
    await until('the deposit is seen', async () => {
      world.clock.advanceSeconds(60);
      return (await shown(order)).deposit?.deposited === true || undefined;
    });
    const deposited = await live.next();
    expect([deposited.id, deposited.order.state, deposited.order.deposit.deposited]).toEqual([
      `${waiting.id}d`,
      'AwaitingDeposit',
      true,
    ]);
    expect((await stream(order, waiting.id)).events).toEqual([]);
    const all = await stream(order, '2');
    const told = await until('it is paid', async () => {
      world.clock.advanceSeconds(600);
      return all.events.at(-1)?.order.state === 'Paid' ? all.events : undefined;
    });
    expect(told.at(-1)?.order.deposit).toBeNull();
    expect(told[0]?.order).toMatchObject({ state: 'Confirming', deposit: null });
  });

  it('says that it is there while nothing happens', async () => {
    const live = await stream(await openedOrder(world));
    await until('it has said so twice', () => Promise.resolve(live.beats >= 2 || undefined));
    expect(live.events).toHaveLength(1);
    live.leave();
  });

  it('is of one order to whoever has its token, and says no more than that is', async () => {
    const [one, two] = [await openedOrder(world), await openedOrder(world)];
    const live = await stream(one);
    await paidIn(world, two.window);
    await paidIn(world, one.window);
    await live.reaching('Paid');
    await live.ended();
    expect(new Set(live.events.map(({ order: { reference } }) => reference)).size).toBe(1);
    const members = Object.keys(await shown(one));
    for (const { order } of live.events) expect(Object.keys(order)).toEqual(members);
    const unknown = await EventStream.open(eventsOf({ token: 'x'.repeat(43) }));
    expect([unknown.status, unknown.problem.code]).toEqual([404, 'order-not-found']);
    const broken = await EventStream.open(eventsOf({ token: 'x' }));
    expect([broken.status, broken.problem.code]).toEqual([400, 'invalid-request']);
  });

  it('answers who asks for the head alone, and a page that asks whether it may', async () => {
    const order = await openedOrder(world);
    const head = await fetch(eventsOf(order), { method: 'HEAD' });
    expect([head.status, head.headers.get('content-type')]).toEqual([200, 'text/event-stream; charset=utf-8']);
    const may = await fetch(eventsOf(order), { method: 'OPTIONS' });
    expect([may.status, may.headers.get('access-control-allow-headers')]).toEqual([204, 'content-type, last-event-id']);
  });

  it('is held for so many of an order and an address, and in all, and told by GET beyond', async () => {
    const few = await replica({
      CHECKOUT_STREAMS: '4',
      CHECKOUT_STREAMS_PER_ADDRESS: '3',
      CHECKOUT_STREAMS_PER_ORDER: '2',
      TRUSTED_PROXY_CIDRS: '127.0.0.1',
    });
    try {
      const [one, two] = [await openedOrder(world), await openedOrder(world)];
      const from = (order: OpenedOrder, address: string) =>
        openFrom(`${few.url}/checkout/v1/orders/${order.token}/events`, address);
      const open = [await from(one, '203.0.113.1'), await from(one, '203.0.113.1')];
      expect(open.map(({ status }) => status)).toEqual([200, 200]);
      expect(await from(one, '203.0.113.2')).toMatchObject({ status: 429, code: 'rate-limited', retryAfter: '15' });
      open.push(await from(two, '203.0.113.1'));
      expect(await from(two, '203.0.113.1')).toMatchObject({ status: 429, code: 'rate-limited' });
      open.push(await from(two, '203.0.113.2'));
      expect(await from(await openedOrder(world), '203.0.113.3')).toMatchObject({
        status: 503,
        code: 'live-status-full',
      });
      expect((await fetch(`${few.url}/checkout/v1/orders/${one.token}`)).status).toBe(200);
      const metrics = await (await fetch(`${few.url}/metrics`)).text();
      expect(metrics).toContain('live_streams 4');
      expect(metrics).toContain('live_streams_refused_total{why="full"} 1');
      // Who leaves makes room, for the order, the address and the process.
      open[0]?.leave();
      const more = await until('there is room', async () => {
        const opened = await from(one, '203.0.113.1');
        return opened.status === 200 ? opened : undefined;
      });
      for (const { leave } of [...open, more]) leave();
    } finally {
      await few.close();
    }
  });

  it('does not hold up a process that ends, and is told by another from where it was', async () => {
    // Far longer than a test may take: what is held up is not cut off.
    const ending = await replica({}, 900_000);
    const [read, unread] = [await openedOrder(world), await stored()];
    const live = await EventStream.open(eventsOf(read, ending));
    const { id } = await live.next();
    const { port } = new URL(ending.url);
    const silent = connect(Number(port), '127.0.0.1').pause();
    silent.on('error', () => undefined);
    silent.write(`GET /checkout/v1/orders/${unread.token}/events HTTP/1.1\r\nHost: x\r\n\r\n`);
    await until('both are open', async () =>
      (await (await fetch(`${ending.url}/metrics`)).text()).includes('live_streams 2') ? true : undefined,
    );
    await ending.close();
    await live.ended();
    expect(live.events).toHaveLength(1);
    silent.destroy();
    await paidIn(world, read.window);
    const back = await stream(read, id);
    await back.ended();
    expect(back.events.map(({ order }) => order.state)).toEqual(['Confirming', 'Paid']);
  });

  it('leaves no token in a log', async () => {
    const lines: string[] = [];
    const logged = await startService(
      readConfiguration({ ...world.environment, ROLE: 'checkout', LOG_LEVEL: 'trace' }),
      {
        clock: world.clock,
        drainTimes: { noticeMs: 0, finishMs: 5_000 },
        logDestination: { write: (line: string) => void lines.push(line) },
      },
    );
    const order = await openedOrder(world);
    const live = await EventStream.open(eventsOf(order, logged));
    await live.next();
    await logged.close();
    const log = lines.join('');
    expect(log).toContain('/checkout/v1/orders/***/events');
    expect(log).not.toContain(order.token);
  });
});

interface OpenedFrom {
  status: number | undefined;
  code: string | undefined;
  retryAfter: string | undefined;
  leave: () => void;
}

/** Opens a stream as it comes through a proxy, from an address. */
async function openFrom(url: string, address: string): Promise<OpenedFrom> {
  const call = request(url, { agent: false, headers: { 'X-Forwarded-For': address } });
  call.end();
  const [answer] = await once(call, 'response');
  answer.on('error', () => undefined);
  const leave = (): void => void call.destroy();
  const { statusCode: status, headers } = answer;
  if (status === 200) return { status, code: undefined, retryAfter: undefined, leave };
  let text = '';
  for await (const part of answer) text += String(part);
  return { status, code: JSON.parse(text).code, retryAfter: headers['retry-after'], leave };
}
