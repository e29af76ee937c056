import { randomUUID } from 'node:crypto';
import { RefundResolutionService, RefundSendingService } from '../../src/refund';
import { RefundRecorder } from '../../src/refund/refund-recorder';
import { RefundRepository } from '../../src/refund/refund.repository';
import { readConfiguration } from '../../src/config';
import { Database } from '../../src/platform/database';
import { startService, type RunningService } from '../../src/service';
import type { FaultOrder } from '../../simulator/tstore/faults/armed-faults';
import { REFUSAL_CODES } from '../../simulator/tstore/result-codes';
import { startWorld, type BillingWorld, type JsonBody } from '../support/billing-world';
import {
  PAST_ALL_WAITING_SECONDS,
  askRefund,
  bookedRefunds,
  loggedRefunds,
  paidCharges,
  refundInState,
} from '../support/refunds';
import { ServiceProcess } from '../support/service-process';
import { agreed, VERSION_CONFLICT, ifMatch, send } from '../support/subscribers';
import { until } from '../support/until';

const ENVIRONMENT = {
  REFUND_RATE_PER_MINUTE: '6000',
  TSTORE_LOOKUPS_PER_MINUTE: '6000',
  // Longer than any answer that is not held takes, on a busy machine too.
  TSTORE_ANSWER_TIMEOUT_SECONDS: '5',
};

describe('refunds when T store fails', () => {
  let world: BillingWorld;
  let orderNos: string[];
  let next = 0;

  beforeAll(async () => {
    world = await startWorld({ simulator: { declineRate: 0 }, environment: ENVIRONMENT });
    orderNos = await paidCharges(world, 19, 'f-');
  });

  afterAll(() => world.close());

  const fresh = (): string => orderNos[next++] as string;
  const arm = (kind: FaultOrder['kind'], more: Partial<FaultOrder> = {}) =>
    world.simulator.control.armFault({ kind, ...more });
  const chargeState = async (orderNo: string): Promise<string> => (await world.get(`charges/${orderNo}`)).body.state;
  const timesSent = (): number => world.simulator.control.calls().filter(({ path }) => path.endsWith('/refund')).length;

  it.each<FaultOrder['kind']>(['refund-answer-lost', 'refund-failing-after', 'refund-held'])(
    '%s: refunded, and known by a lookup; sent once',
    async (kind) => {
      const orderNo = fresh();
      const before = timesSent();
      arm(kind);
      const { body } = await askRefund(world, orderNo, 400);
      const unknown = await refundInState(world, body.id, 'Unknown');
      expect(unknown).toMatchObject({ actions: ['resolve'], sent: { isFull: false } });
      expect(unknown.doubt.why).toBeTruthy();
      expect(await chargeState(orderNo)).toBe('Refunding');
      world.clock.advanceSeconds(11);
      expect(await refundInState(world, body.id, 'Refunded')).toMatchObject({
        result: { resultCode: 'by-lookup', refundTransactionId: null },
      });
      expect(await bookedRefunds(world, orderNo)).toEqual([400]);
      expect(await loggedRefunds(world, orderNo)).toEqual(['partially-refunded 400']);
      expect(await chargeState(orderNo)).toBe('PartiallyRefunded');
      // The simulator notes a call when it has ended.
      world.simulator.control.disarmAllFaults();
      await until('the refund has ended at T store', () => Promise.resolve(timesSent() > before || undefined));
      expect(timesSent()).toBe(before + 1);
    },
  );

  it.each([
    ['429', {}],
    ['200 with a code nobody knows', { status: 200, resultCode: '4711' }],
    ['200 with a code that is known as a no', { status: 200, resultCode: REFUSAL_CODES.failure }],
  ])('refund-refused-after, %s: in doubt, and found by a lookup', async (_name, options) => {
    const orderNo = fresh();
    const before = timesSent();
    arm('refund-refused-after', { options });
    const { body } = await askRefund(world, orderNo);
    expect(JSON.stringify((await refundInState(world, body.id, 'Unknown')).doubt)).toContain('Too many requests');
    world.clock.advanceSeconds(11);
    expect(await refundInState(world, body.id, 'Refunded')).toMatchObject({ result: { resultCode: 'by-lookup' } });
    expect(await bookedRefunds(world, orderNo)).toHaveLength(1);
    expect(timesSent()).toBe(before + 1);
  });

  it('refund-refused: not said to have failed before T store’s record was seen to be as it was', async () => {
    const orderNo = fresh();
    const before = timesSent();
    arm('refund-refused');
    arm('lookup-failing', { skip: 1 });
    const { body } = await askRefund(world, orderNo);
    expect((await refundInState(world, body.id, 'Unknown')).doubt.why).toMatch(
      /^The gateway refused it \(.* Refused on request\), and its record was not seen to be as before$/,
    );
    world.clock.advanceSeconds(PAST_ALL_WAITING_SECONDS);
    expect(await refundInState(world, body.id, 'Failed')).toMatchObject({ result: { resultCode: 'by-lookup' } });
    expect([await bookedRefunds(world, orderNo), timesSent()]).toEqual([[], before + 1]);
  });

  it('refund-failing-before: not refunded, which is said only after the whole window; then it may be asked for again', async () => {
    const orderNo = fresh();
    const before = timesSent();
    arm('refund-failing-before');
    const { body } = await askRefund(world, orderNo);
    await refundInState(world, body.id, 'Unknown');
    world.clock.advanceSeconds(11);
    const watched = await until('it was looked up', async () => {
      const { body: shown } = await world.get(`refunds/${body.id}`);
      return shown.retry ? shown : undefined;
    });
    expect(watched).toMatchObject({ state: 'Unknown', retry: { error: 'The gateway’s record is unchanged' } });
    world.clock.advanceSeconds(PAST_ALL_WAITING_SECONDS);
    expect(await refundInState(world, body.id, 'Failed')).toMatchObject({ result: { resultCode: 'by-lookup' } });
    expect([await bookedRefunds(world, orderNo), await chargeState(orderNo), timesSent()]).toEqual([
      [],
      'Paid',
      before + 1,
    ]);
    await refundInState(world, (await askRefund(world, orderNo)).body.id, 'Refunded');
    expect(await bookedRefunds(world, orderNo)).toHaveLength(1);
  });

  it('a stale lookup after a lost answer is not believed', async () => {
    const orderNo = fresh();
    arm('refund-answer-lost');
    // The first lookup is that before the refund.
    arm('lookup-stale', { skip: 1 });
    const { body } = await askRefund(world, orderNo);
    await refundInState(world, body.id, 'Unknown');
    world.clock.advanceSeconds(11);
    await until('it was looked up', async () => (await world.get(`refunds/${body.id}`)).body.retry ?? undefined);
    world.clock.advanceSeconds(60);
    await refundInState(world, body.id, 'Refunded');
    expect(await bookedRefunds(world, orderNo)).toHaveLength(1);
  });

  it('a stale lookup before a further part holds it back until it tells the truth', async () => {
    const orderNo = fresh();
    await refundInState(world, (await askRefund(world, orderNo, 100)).body.id, 'Refunded');
    const before = timesSent();
    arm('lookup-stale');
    const { body } = await askRefund(world, orderNo, 200);
    const waiting = await until('it waits', async () => {
      const { body: shown } = await world.get(`refunds/${body.id}`);
      return shown.retry ? shown : undefined;
    });
    expect([waiting.state, waiting.retry.error, timesSent()]).toEqual([
      'Requested',
      'The gateway has it as complite, which is older than our last refund of it',
      before,
    ]);
    world.clock.advanceSeconds(11);
    await refundInState(world, body.id, 'Refunded');
    expect(await bookedRefunds(world, orderNo)).toEqual([100, 200]);
  });

  it.each<[FaultOrder['kind'], FaultOrder['options']]>([
    ['lookup-failing', {}],
    ['lookup-cut', {}],
    ['lookup-refused', { status: 429 }],
    ['lookup-refused', {}],
  ])('%s %p before it: nothing is sent until T store can be asked', async (kind, options = {}) => {
    const orderNo = fresh();
    arm(kind, { options });
    const { body } = await askRefund(world, orderNo);
    await until('it waits', async () => (await world.get(`refunds/${body.id}`)).body.retry ?? undefined);
    expect(await bookedRefunds(world, orderNo)).toEqual([]);
    world.clock.advanceSeconds(11);
    await refundInState(world, body.id, 'Refunded');
    expect(await bookedRefunds(world, orderNo)).toHaveLength(1);
  });

  it.each([
    ['refund-refused', 'Refused on request'],
    ['lookup-not-found', 'No such transaction'],
  ] as const)('%s: failed, and the charge is as it was', async (kind, message) => {
    const orderNo = fresh();
    arm(kind);
    const { body } = await askRefund(world, orderNo);
    const failed = await refundInState(world, body.id, 'Failed');
    expect(failed.result.resultMessage).toContain(message);
    expect([await chargeState(orderNo), await loggedRefunds(world, orderNo)]).toEqual(['Paid', []]);
  });

  it('tokens that were revoked: sent once, with a new one', async () => {
    const orderNo = fresh();
    world.simulator.control.revokeTokens();
    await refundInState(world, (await askRefund(world, orderNo)).body.id, 'Refunded');
    expect(await bookedRefunds(world, orderNo)).toHaveLength(1);
  });
});

describe('refunds of replicas that die', () => {
  let world: BillingWorld;
  let orderNos: string[];
  const replicas: RunningService[] = [];

  beforeAll(async () => {
    // It looks up what is in doubt, and sends none itself.
    world = await startWorld({
      simulator: { declineRate: 0 },
      environment: { ...ENVIRONMENT, TSTORE_ANSWER_TIMEOUT_SECONDS: '60', REFUND_RATE_PER_MINUTE: '0' },
    });
    orderNos = await paidCharges(world, 8, 'k-');
  });

  afterAll(async () => {
    await Promise.all(replicas.map((replica) => replica.close()));
    await world.close();
  });

  /** A replica whose steps run only when they are called. */
  async function replica(settings: NodeJS.ProcessEnv): Promise<RunningService> {
    const started = await startService(readConfiguration({ ...world.environment, ROLE: 'admin', ...settings }), {
      clock: world.clock,
      drainTimes: { noticeMs: 0, finishMs: 5_000 },
    });
    replicas.push(started);
    return started;
  }

  it('killed between sending and answer: another one finds out what T store did, and none sends again', async () => {
    world.simulator.control.armFault({ kind: 'refund-held' });
    const { body } = await askRefund(world, orderNos[0] as string);
    const victim = ServiceProcess.start({ ...world.environment, REFUND_RATE_PER_MINUTE: '6000', LOG_LEVEL: 'info' });
    await until('T store has refunded', () => Promise.resolve(world.simulator.control.refunds()[0]));
    victim.signal('SIGKILL');
    await victim.ended;
    expect((await world.get(`refunds/${body.id}`)).body).toMatchObject({ state: 'Refunding', result: null });
    world.clock.advanceSeconds(PAST_ALL_WAITING_SECONDS);
    const refunded = await refundInState(world, body.id, 'Refunded');
    expect(refunded.history.map((entry: JsonBody) => entry.toState)).toEqual([
      'Requested',
      'Refunding',
      'Unknown',
      'Refunded',
    ]);
    expect(world.simulator.control.refunds()).toHaveLength(1);
  });

  it('dead between intent and sending: never sent by another one, and said to have failed after the window', async () => {
    const { body } = await askRefund(world, orderNos[1] as string);
    const { app } = world.service;
    const claim = await app.get(RefundRepository).claim('send', 60);
    await world.get(`charges/${orderNos[1]}/transaction`);
    const [own] = await app
      .get(Database)
      .rows<{ id: string }>('SELECT id FROM transaction_lookup ORDER BY id DESC LIMIT 1');
    const intent = { sendingId: randomUUID(), isFull: true, paymentParts: null, baselineLookupId: own?.id ?? '' };
    await app.get(RefundRecorder).begin(claim as NonNullable<typeof claim>, intent);
    const other = await replica({ REFUND_RATE_PER_MINUTE: '6000' });
    expect(await other.app.get(RefundSendingService).runOnce()).toEqual({ done: 0, postponed: 0 });
    world.clock.advanceSeconds(PAST_ALL_WAITING_SECONDS);
    await refundInState(world, body.id, 'Unknown');
    world.clock.advanceSeconds(PAST_ALL_WAITING_SECONDS);
    await refundInState(world, body.id, 'Failed');
    expect(await bookedRefunds(world, orderNos[1] as string)).toEqual([]);
  });

  it('frozen while T store answers: the answer counts although another one has given up waiting', async () => {
    const sender = await replica({ REFUND_RATE_PER_MINUTE: '6000' });
    const held = world.simulator.control.armFault({ kind: 'refund-held' });
    const { body } = await askRefund(world, orderNos[2] as string);
    const sending = sender.app.get(RefundSendingService).runOnce();
    await refundInState(world, body.id, 'Refunding');
    // Its lease runs out for everybody; T store can’t be asked meanwhile, or a lookup would tell first.
    world.simulator.control.armFault({ kind: 'lookup-failing' });
    world.clock.advanceSeconds(PAST_ALL_WAITING_SECONDS);
    await refundInState(world, body.id, 'Unknown');
    world.simulator.control.disarmFault(held.id);
    await sending;
    const refunded = await refundInState(world, body.id, 'Refunded');
    expect(refunded.result).toMatchObject({ resultCode: '0000' });
    expect(await bookedRefunds(world, orderNos[2] as string)).toHaveLength(1);
    expect(await loggedRefunds(world, orderNos[2] as string)).toHaveLength(1);
  });

  it('keep one pace together, however often they are called', async () => {
    const pace = { REFUND_RATE_PER_MINUTE: '2' };
    const senders = [await replica(pace), await replica(pace)].map(({ app }) => app.get(RefundSendingService));
    world.clock.advanceSeconds(PAST_ALL_WAITING_SECONDS);
    for (const orderNo of orderNos.slice(3, 7)) await askRefund(world, orderNo);
    const before = world.simulator.control.refunds().length;
    const sent: number[] = [];
    for (let turn = 0; turn < 3; turn++) {
      await Promise.all(
        Array.from({ length: 6 }, (_, index) => (senders[index % 2] as RefundSendingService).runOnce()),
      );
      sent.push(world.simulator.control.refunds().length - before);
      world.clock.advanceSeconds(30);
    }
    expect(sent).toEqual([1, 2, 3]);
    const { body } = await world.get('refunds?state=Requested');
    expect(body.items).toHaveLength(1);
  });
});

describe('refunds where nobody knows T store’s words', () => {
  it('in doubt wait for a person, who decides once', async () => {
    const world = await startWorld({
      simulator: { declineRate: 0 },
      environment: { ...ENVIRONMENT, TSTORE_REFUNDED_STATUSES: '' },
    });
    try {
      const [first, second] = (await paidCharges(world, 2, 'w-')) as [string, string];
      const ask = async (orderNo: string, kind: FaultOrder['kind']): Promise<JsonBody> => {
        world.simulator.control.armFault({ kind });
        const { body } = await askRefund(world, orderNo);
        return refundInState(world, body.id, 'Unknown');
      };
      const [one, other] = [await ask(first, 'refund-answer-lost'), await ask(second, 'refund-failing-before')];
      world.clock.advanceSeconds(PAST_ALL_WAITING_SECONDS);
      await until('nobody looks any more', async () => {
        await world.service.app.get(RefundResolutionService).runOnce();
        const { body } = await world.get('refunds?state=Unknown');
        return body.items.every((item: JsonBody) => item.retry?.at === null) || undefined;
      });
      const resolve = (id: string, outcome: string, headers = {}) =>
        send(world, 'POST', `refunds/${id}/resolve`, { outcome, reason: 'T store says so' }, headers);
      expect(await resolve(one.id, 'refunded', ifMatch({ version: '1' }))).toMatchObject(VERSION_CONFLICT);
      // T store's record has moved on, and nobody's word stands against that: the money would be given back again.
      const contradicted = await resolve(one.id, 'not-refunded');
      expect(contradicted).toMatchObject({ status: 409, body: { code: 'evidence-contradicts' } });
      // Its record is as it was, so the other way round the customer would never get the money.
      const unseen = await resolve(other.id, 'refunded');
      expect(unseen).toMatchObject({ status: 409, body: { code: 'evidence-contradicts' } });
      expect(unseen.body.detail).toContain('is as it was before refund');
      const named = { outcome: 'refunded', reason: 'on its site', refundTransactionId: 'SITE-7' };
      const believed = await send(world, 'POST', `refunds/${other.id}/resolve`, named);
      expect(believed).toMatchObject({ status: 202, body: { act: { refundTransactionId: 'SITE-7' } } });
      await send(world, 'POST', `approvals/${believed.body.id}/reject`, { reason: 'it is another one' });
      const answers = await Promise.all([resolve(one.id, 'refunded'), resolve(one.id, 'refunded')]);
      expect(answers.map(({ status }) => status).sort()).toEqual([202, 409]);
      expect(answers.find(({ status }) => status === 409)?.body).toMatchObject({ code: 'approval-open' });
      await agreed(world, await resolve(other.id, 'not-refunded'));
      expect((await world.get(`refunds/${other.id}`)).body).toMatchObject({
        state: 'Failed',
        result: { resultCode: 'by-decision' },
      });
      expect((await world.get(`charges/${second}`)).body.state).toBe('Paid');
      expect(world.simulator.control.refunds()).toHaveLength(1);
    } finally {
      await world.close();
    }
  });

  it('said not to be made while T store’s record was stale: nothing more is sent until that is told apart', async () => {
    const world = await startWorld({
      simulator: { declineRate: 0 },
      environment: { ...ENVIRONMENT, TSTORE_REFUNDED_STATUSES: '', TSTORE_LOOKUP_FRESH_SECONDS: '0' },
    });
    try {
      const [orderNo = ''] = await paidCharges(world, 1, 's-');
      world.simulator.control.armFault({ kind: 'refund-answer-lost' });
      const stale = world.simulator.control.armFault({ kind: 'lookup-stale', times: 1_000 });
      const { body: lost } = await askRefund(world, orderNo, 300);
      await refundInState(world, lost.id, 'Unknown');
      await world.get(`charges/${orderNo}/transaction`);
      const said = { outcome: 'not-refunded', reason: 'T store shows none' };
      const done = await agreed(world, await send(world, 'POST', `refunds/${lost.id}/resolve`, said));
      expect(done).toMatchObject({ status: 200, body: { state: 'Approved' } });
      world.simulator.control.disarmFault(stale.id);

      world.clock.advanceSeconds(PAST_ALL_WAITING_SECONDS);
      const { body: again } = await askRefund(world, orderNo, 300);
      const failed = await refundInState(world, again.id, 'Failed');
      expect(failed.result).toMatchObject({ resultCode: 'not-sent' });
      expect(failed.result.resultMessage).toContain('may have refunded it without us');
      const { body } = await world.get('outside-refunds?state=Suspected');
      expect(body.items).toMatchObject([{ orderNo }]);
      expect(await bookedRefunds(world, orderNo)).toEqual([300]);

      const recorded = { orderNo, amount: 300, reason: 'seen on the operator’s site' };
      const { status, body: asked } = await send(world, 'POST', 'outside-refunds', recorded);
      const agreedTo = await agreed(world, { status, body: asked.approval });
      expect(agreedTo).toMatchObject({ status: 200, body: { state: 'Approved' } });
      expect((await world.get(`charges/${orderNo}`)).body.refundedAmount).toBe(300);
      const { body: rest } = await askRefund(world, orderNo, 200);
      await refundInState(world, rest.id, 'Refunded');
      expect(await bookedRefunds(world, orderNo)).toEqual([300, 200]);
    } finally {
      await world.close();
    }
  });
});
