import { createHmac } from 'node:crypto';
import { request } from 'node:http';
import { Webhook } from 'standardwebhooks';
import { PORTONE_STORE, SECOND_PORTONE_STORE, type PortOneFaultKind } from '../../simulator';
import { startWorld, type BillingWorld, type JsonBody } from '../support/billing-world';
import { browser } from '../support/kakaopay-orders';
import { opened, paidByPortone, paidInWindow, readyOrder } from '../support/portone-orders';
import { keyOf, send } from '../support/subscribers';
import { until } from '../support/until';

const [SECRET = ''] = PORTONE_STORE.webhooks.LIVE.secrets;
const OTHER = 'whsec_b3RoZXItc2VjcmV0LW9mLWEtcm90YXRpb24=';
const [, KAKAOPAY] = PORTONE_STORE.channels;

/** Messages of PortOne, sent and signed by a gateway that keeps a book of its own: each is a reason to look. */
describe('a message of PortOne', () => {
  const logLines: string[] = [];
  let world: BillingWorld;
  let headers: Record<string, string>;
  let counter = 0;

  beforeAll(async () => {
    world = await startWorld({ portone: true, logLines, environment: { TSTORE_LOOKUPS_PER_MINUTE: '6000' } });
    headers = { Authorization: `Bearer ${await keyOf(world, 'Park', 'admin')}` };
    world.simulator.portone.setWebhooks({ url: at('portone') });
  });

  afterEach(() => {
    world.simulator.portone.disarmAllFaults();
    world.simulator.portone.setWebhooks({ url: at('portone'), version: '2024-04-25', secrets: [SECRET] });
  });
  afterAll(() => world.close());

  const at = (account: string): string => `${world.service.url}/webhooks/portone/${account}`;
  const order = async (id: string): Promise<JsonBody> => (await world.get(`orders/${id}`)).body;
  const booked = (orderNo: string) => world.simulator.portone.bookOfOrder(orderNo);
  const deliver = () => world.simulator.portone.deliverWebhooks();
  const messagesOf = async (orderNo: string): Promise<JsonBody[]> =>
    (await world.get(`notifications?orderNo=${orderNo}&limit=1000`)).body.items;
  const stored = async (): Promise<number> =>
    (await world.get('notifications?gateway=portone&limit=1000')).body.items.length;
  const inState = (id: string, state: string): Promise<true> =>
    until(`order ${id} is ${state}`, async () => {
      return (await order(id)).state === state ? true : undefined;
    });

  interface Sent {
    account?: string;
    secret?: string;
    body?: string;
    headers?: Record<string, string | string[]>;
  }

  /** Sends a message of our own making. @returns the status of its answer */
  function post({ account = 'portone', secret = SECRET, body = '{}', headers: more = {} }: Sent = {}): Promise<number> {
    const id = `msg-${(counter += 1)}`;
    const sentAt = new Date(world.clock.now());
    const made = {
      'webhook-id': id,
      'webhook-timestamp': String(Math.floor(sentAt.getTime() / 1000)),
      'webhook-signature': new Webhook(secret).sign(id, sentAt, body),
      ...more,
    };
    return new Promise((resolve, reject) => {
      const sending = request(at(account), { method: 'POST', headers: made }, (answer) => {
        answer.resume().on('end', () => resolve(answer.statusCode ?? 0));
      });
      sending.on('error', reject).end(body);
    });
  }

  it('pays an order whose customer has closed the browser', async () => {
    const ready = await readyOrder(world);
    paidInWindow(world, ready);
    await deliver();
    await inState(ready.id, 'Paid');
    const [message] = await messagesOf(ready.orderNo);
    expect(message).toMatchObject({ gateway: 'portone', gatewayAccount: 'portone', event: expect.any(String) });
    expect(world.simulator.portone.webhooks().every(({ attempts }) => attempts.at(-1)?.status === 200)).toBe(true);
    expect(booked(ready.orderNo)).toMatchObject([{ approvals: 1 }]);
  });

  it('runs into the one lookup beside the browser’s return, in either version, as a form, twice and in any order', async () => {
    const faults: (PortOneFaultKind | 'first')[] = [
      ...(['webhook-before-answer', 'webhook-duplicated', 'webhook-out-of-order', 'webhook-contradicted'] as const),
      ...(['webhook-decoys', 'webhook-unknown-type', 'webhook-unknown-members', 'webhook-form-encoded'] as const),
      'first',
    ];
    for (const kind of faults) {
      if (kind === 'first') world.simulator.portone.setWebhooks({ version: '2024-01-01' });
      else world.simulator.portone.armFault({ kind });
      const ready = await readyOrder(world);
      const { address } = paidInWindow(world, ready);
      await Promise.all([browser(world, 'GET', address), deliver()]);
      await deliver();
      await inState(ready.id, 'Paid');
      const failed = world.simulator.portone.webhooks().filter(({ attempts }) => attempts.at(-1)?.status !== 200);
      expect([kind, failed.map(({ event }) => event)]).toEqual([kind, []]);
      expect(booked(ready.orderNo)).toMatchObject([{ approvals: 1, cancels: [] }]);
    }
  });

  it.each<PortOneFaultKind>([
    ...(['webhook-mistaken', 'webhook-other-secret', 'webhook-stale', 'webhook-header-twice'] as const),
  ])(
    'is answered 400 after %s and stored nowhere, and the browser’s return pays the order all the same',
    async (kind) => {
      const before = await stored();
      const ready = await readyOrder(world);
      world.simulator.portone.armFault({ kind });
      paidInWindow(world, ready);
      await deliver();
      const refused = world.simulator.portone.webhooks().filter(({ attempts }) => attempts.at(-1)?.status === 400);
      expect(refused.length).toBeGreaterThan(0);
      expect((await messagesOf(ready.orderNo)).length + before).toBe(await stored());
      const line = logLines.findLast((one) => one.includes('unsigned message refused')) ?? '';
      expect(JSON.parse(line)).toMatchObject({ gateway: 'portone', fault: expect.any(String) });
      expect(line).not.toContain(ready.orderNo);
      const back = `${world.service.url}/checkout/v1/orders/${ready.token}/return?paymentId=${ready.orderNo}`;
      await browser(world, 'GET', back);
      await inState(ready.id, 'Paid');
    },
  );

  it.each<[string, Sent]>([
    ['without an id', { headers: { 'webhook-id': '' } }],
    ['without a signature', { headers: { 'webhook-signature': '' } }],
    ['of no time', { headers: { 'webhook-timestamp': 'now' } }],
    ['signed by nobody', { headers: { 'webhook-signature': 'v1,' } }],
    ['with its headers twice', { headers: { 'webhook-signature': ['v1,a', 'v1,b'] } }],
    ['by another’s secret', { secret: OTHER }],
    ['unsigned, and too large for a word', { body: 'x'.repeat(60_000), secret: OTHER }],
  ])('is answered 400 %s, and stored nowhere', async (_name, sent) => {
    const before = await stored();
    expect(await post(sent)).toBe(400);
    expect(await stored()).toBe(before);
  });

  it('is answered 404 to an account that is not PortOne’s, 405 as a GET and 413 when it is too large', async () => {
    for (const account of ['nobody', 'tstore']) expect(await post({ account })).toBe(404);
    expect((await fetch(at('portone'))).status).toBe(405);
    expect(await post({ body: 'x'.repeat(70_000) })).toBe(413);
  });

  it('is answered 200 and kept, once, of what nobody knows: an event, a payment, a console’s test, no JSON', async () => {
    const bodies = [
      JSON.stringify({ type: 'Something.New', data: {} }),
      JSON.stringify({ type: 'Transaction.Paid', data: { storeId: 'store-x', paymentId: 'nobody-s-payment' } }),
      JSON.stringify({ type: 'Transaction.Confirm', data: { paymentId: 'nobody-s-payment', totalAmount: 1 } }),
      '{"test":true}',
      'no json at all',
    ];
    const before = await stored();
    for (const body of bodies) expect(await post({ body })).toBe(200);
    const again = { headers: { 'webhook-id': 'the-same' } };
    const seconds = Math.floor(world.clock.now().getTime() / 1000);
    const signature = `v1,${createHmac('sha256', Buffer.from(SECRET.slice(6), 'base64'))
      .update(`the-same.${seconds}.{}`)
      .digest('base64')}`;
    const same = { ...again.headers, 'webhook-timestamp': String(seconds), 'webhook-signature': signature };
    for (let copy = 0; copy < 3; copy += 1) expect(await post({ headers: same })).toBe(200);
    expect(await stored()).toBe(before + bodies.length + 1);
  });

  it('has what a channel paid that is not the account’s given back, though nobody came back', async () => {
    const ready = await readyOrder(world);
    paidInWindow(world, ready, { channelKey: KAKAOPAY?.key, payMethod: 'EASY_PAY' });
    await deliver();
    await until('it went back', async () => {
      return (await world.get(`charges/${ready.orderNo}`)).body.state === 'Declined' || undefined;
    });
    expect(booked(ready.orderNo)).toMatchObject([{ cancelledAmount: 15_000 }]);
  });

  it('tells of what was given back in the console', async () => {
    const ready = await paidByPortone(world);
    await deliver();
    world.simulator.portone.cancelInConsole(ready.orderNo, { amount: 4_000 });
    await deliver();
    await until('the log has it', async () => {
      return (await world.get(`charges/${ready.orderNo}`)).body.refundedAmount === 4_000 || undefined;
    });
    expect((await order(ready.id)).state).toBe('Paid');
  });

  it('changes nothing where a window was only opened, or failed', async () => {
    const ready = await readyOrder(world);
    opened(world, ready);
    await deliver();
    world.simulator.portone.decline(ready.orderNo);
    await deliver();
    await until('the messages are looked into', async () => {
      const all = await messagesOf(ready.orderNo);
      return all.every(({ retry }) => Boolean(retry?.givenUpAt)) || undefined;
    });
    expect(await order(ready.id)).toMatchObject({ state: 'Ready', attempts: [{ confirmed: false }] });
  });

  // Last: the gateway's clock stays behind.
  it('is taken by each of several secrets of the account, and by a new one as soon as it is there', async () => {
    const { storeId, apiSecret, channels } = SECOND_PORTONE_STORE;
    const account = {
      ...{ id: 'portone-second', gateway: 'portone', label: 'PortOne, second shop' },
      identifiers: { storeId, channelKeys: channels[0]?.key },
      credentials: { apiSecret, webhookSecrets: `${SECRET},pzQGE83cSIRKM4/WH5QY+g==` },
    };
    expect((await send(world, 'POST', 'gateway-accounts', account, headers)).status).toBe(201);
    const to = { account: 'portone-second' };
    expect(await post({ ...to, secret: SECRET })).toBe(200);
    expect(await post({ ...to, secret: 'pzQGE83cSIRKM4/WH5QY+g==' })).toBe(200);
    expect(await post({ ...to, secret: OTHER })).toBe(400);
    const rotation = { credentials: { webhookSecrets: OTHER }, reason: 'each year' };
    const rotated = await send(world, 'POST', 'gateway-accounts/portone-second/credentials', rotation, headers);
    expect(rotated.status).toBeLessThan(300);
    world.clock.advanceSeconds(5);
    for (const secret of [OTHER, SECRET]) expect(await post({ ...to, secret })).toBe(200);
    world.clock.advanceSeconds(2 * 86_400);
    expect(await post({ ...to, secret: SECRET })).toBe(400);
    expect(await post({ ...to, secret: OTHER })).toBe(200);
  });
});
