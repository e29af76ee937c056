import { Database } from '../../src/platform/database';
import { startWorld, type BillingWorld, type JsonBody } from '../support/billing-world';
import { SECOND_PERSONS_KEY } from '../support/people';
import { TOKEN_64 } from '../support/request-files';
import { StageGate } from '../support/stage-gate';
import {
  OTHER_PRODUCT,
  PRODUCT,
  carrierPrice,
  chargesOf,
  moveTo,
  planOn,
  send,
  settleAll,
  subscribe,
  subscriptionRow,
} from '../support/subscribers';
import { until } from '../support/until';

const HELD = { BILLING_RUN_CONFIRM_FACTOR: '2', BILLING_RUN_CONFIRM_MIN_CHARGES: '5', RETRY_DAYS: '3,7' };

describe('a charge that is planned and not sent', () => {
  let world: BillingWorld;
  let database: Database;

  beforeEach(async () => {
    world = await startWorld({ simulator: { declineRate: 0 }, environment: HELD });
    database = world.service.app.get(Database);
  });

  afterEach(() => world.close());

  const act = (id: string, verb: string, body?: object) => send(world, 'POST', `subscriptions/${id}/${verb}`, body);
  const change = (id: string, body: object) => send(world, 'PATCH', `subscriptions/${id}`, body);
  const engage = () => send(world, 'POST', 'kill-switch', { reason: 'looking into it' });
  const release = () => send(world, 'DELETE', 'kill-switch', { reason: 'looked into' });
  const orderNo = (id: string, date: string, attempt = 1) => `B${date.replaceAll('-', '')}-${id}-${attempt}`;

  /** State and reason of each of a subscription's charges, in the order they were made. */
  async function fates(id: string): Promise<string[]> {
    const { body } = await world.get(`charges?subscriptionId=${id}`);
    const fateOf = ({ state, withdrawnBecause }: JsonBody) => [state, withdrawnBecause].filter(Boolean).join(' ');
    return body.items.map(fateOf).reverse();
  }

  async function productId(storeProductId: string): Promise<string> {
    const { body } = await world.get('products');
    return body.items.find((item: JsonBody) => item.storeProductId === storeProductId).id;
  }

  it('is not sent to who is not to be charged any more; the person who lets it go sees it, and all numbers add up', async () => {
    const day = '2027-01-05';
    const ids: Record<string, string> = {};
    for (const name of ['stays', 'canceled', 'ending', 'paused', 'repriced', 'back']) {
      ids[name] = await subscribe(world, name, day);
    }
    ids.unsold = await subscribe(world, 'unsold', day, { storeProductId: OTHER_PRODUCT.storeProductId });
    moveTo(world, day);
    const { body: run } = await send(world, 'POST', 'billing-runs', { date: day });
    expect(run).toMatchObject({ state: 'AwaitingConfirmation', planned: { count: 7, amount: 40_900 } });
    const nothing = { unwanted: [], repriced: { count: 0, difference: 0 } };
    expect((await world.get(`billing-runs/${run.id}`)).body.changesSincePlanning).toEqual(nothing);
    await until('its file is written', async () => {
      const { body } = await world.get(`billing-runs/${run.id}`);
      return body.jobs[0].requestFile ?? undefined;
    });

    await act(ids.canceled!, 'cancel', { when: 'now' });
    await act(ids.ending!, 'cancel', { when: 'period-end' });
    await act(ids.paused!, 'pause');
    await act(ids.back!, 'pause');
    await act(ids.back!, 'resume');
    await change(ids.repriced!, { priceOverride: carrierPrice(7_700) });
    const unsold = await productId(OTHER_PRODUCT.storeProductId);
    await send(world, 'PATCH', `products/${unsold}`, { active: false });
    const { body: seen } = await world.get(`billing-runs/${run.id}`);
    const changes = {
      unwanted: [
        { reason: 'canceled', count: 1, amount: 5_500 },
        { reason: 'ending', count: 1, amount: 5_500 },
        { reason: 'paused', count: 1, amount: 5_500 },
        { reason: 'product-inactive', count: 1, amount: 7_900 },
      ],
      repriced: { count: 1, difference: 2_200 },
    };
    expect(seen.changesSincePlanning).toEqual(changes);
    expect((await world.get(`bulk-payment-jobs/${seen.jobs[0].id}`)).body.changesSincePlanning).toEqual(changes);

    const headers = { Authorization: `Bearer ${SECOND_PERSONS_KEY}` };
    const confirmed = await send(world, 'POST', `billing-runs/${run.id}/confirm`, { reason: 'as planned' }, headers);
    expect(confirmed.status).toBe(200);
    await settleAll(world);

    expect(await fates(ids.stays!)).toEqual(['Paid']);
    expect(await fates(ids.back!)).toEqual(['Paid']);
    expect(await chargesOf(world, ids.repriced!)).toEqual([`${day} 5500`]);
    for (const [name, reason] of [
      ['canceled', 'canceled'],
      ['ending', 'ending'],
      ['paused', 'paused'],
      ['unsold', 'product-inactive'],
    ] as const) {
      expect(await fates(ids[name]!)).toEqual([`Withdrawn ${reason}`]);
      expect(await world.simulator.control.bookOfOrder(orderNo(ids[name]!, day))).toEqual([]);
    }
    const { body: inquiry } = await world.get(`inquiry?orderNo=${orderNo(ids.paused!, day)}`);
    expect(inquiry.items[0]).toMatchObject({
      verdict: 'not-charged',
      because: 'it was not sent to T store: its subscription was paused before',
    });
    const { body: after } = await world.get(`billing-runs/${run.id}`);
    expect(after.changesSincePlanning).toBeNull();
    expect(after.jobs.map(({ state, requested }: JsonBody) => [state, requested])).toEqual([
      ['VerifiedCompleted', { count: 3, amount: 16_500 }],
      ['Failed', { count: 4, amount: 24_400 }],
    ]);
    expect(after.jobs[1].failureReason).toBe(
      'withdrawn before it was sent: 1 canceled, 1 ending, 1 paused, 1 product-inactive',
    );
    expect(await database.rows('SELECT * FROM unbalanced_job')).toEqual([]);
    const [today] = await database.rows(
      'SELECT requested_count::int AS requested, paid_count::int AS paid FROM daily_reconciliation',
    );
    expect(today).toEqual({ requested: 3, paid: 3 });

    // Whose period it is again is billed for it, once; who is over is not.
    await act(ids.paused!, 'resume');
    await send(world, 'PATCH', `products/${unsold}`, { active: true });
    await planOn(world, '2027-01-06');
    await settleAll(world);
    expect(await fates(ids.paused!)).toEqual(['Withdrawn paused', 'Paid']);
    expect(await fates(ids.unsold)).toEqual(['Withdrawn product-inactive', 'Paid']);
    expect(await fates(ids.canceled!)).toEqual(['Withdrawn canceled']);
    expect(await fates(ids.ending!)).toEqual(['Withdrawn ending']);
    expect((await subscriptionRow(world, ids.ending!)).state).toBe('Canceled');
    expect(await subscriptionRow(world, ids.paused!)).toMatchObject({ next: '2027-02-05' });
  });

  it('is withdrawn when its customer cancels and subscribes again while nothing is sent: one of both is paid', async () => {
    await engage();
    const first = await subscribe(world, 'again', '2027-01-05');
    await planOn(world, '2027-01-05');
    await act(first, 'cancel', { when: 'now' });
    const order = {
      customerReference: 'again',
      storeProductId: PRODUCT.storeProductId,
      billingToken: TOKEN_64,
      startedOn: '2027-01-05',
    };
    const { body: subscribed } = await send(world, 'POST', 'subscriptions', order);
    const second: string = subscribed.id;
    await planOn(world, '2027-01-06');
    await release();
    await settleAll(world);
    expect(await fates(first)).toEqual(['Withdrawn canceled']);
    expect(await fates(second)).toEqual(['Paid']);
    const { body } = await world.get('bulk-payment-jobs');
    expect(body.items.map(({ state }: JsonBody) => state)).toEqual(['VerifiedCompleted', 'Failed']);
  });

  it('of a later attempt is withdrawn too, and the attempt is made when it is wanted again', async () => {
    const id = await subscribe(world, 'owes', '2027-01-05');
    world.simulator.control.follow({ declineOrderNos: [orderNo(id, '2027-01-05')] });
    await planOn(world, '2027-01-05');
    await settleAll(world);
    await engage();
    await planOn(world, '2027-01-08');
    await act(id, 'cancel', { when: 'period-end' });
    await release();
    await settleAll(world);
    expect(await fates(id)).toEqual(['Declined', 'Withdrawn ending']);
    await change(id, { cancelAtPeriodEnd: false });
    await planOn(world, '2027-01-09');
    await settleAll(world);
    expect(await fates(id)).toEqual(['Declined', 'Withdrawn ending', 'Paid']);
    expect(await subscriptionRow(world, id)).toMatchObject({ state: 'Active', next: '2027-02-05' });
  });

  it('which a person bills again is withdrawn as any other', async () => {
    const id = await subscribe(world, 'card', '2027-01-05');
    world.simulator.control.follow({ declineOrderNos: [orderNo(id, '2027-01-05')] });
    await planOn(world, '2027-01-05');
    await settleAll(world);
    await engage();
    const rebilled = await send(world, 'POST', `charges/${orderNo(id, '2027-01-05')}/rebill`, { reason: 'new card' });
    expect(rebilled.status).toBe(200);
    await act(id, 'cancel', { when: 'now' });
    await release();
    await settleAll(world);
    expect(await fates(id)).toEqual(['Declined', 'Withdrawn canceled']);
  });

  it('does not keep a pause from ending, and is not sent for a period that the pause left out', async () => {
    await engage();
    const id = await subscribe(world, 'late', '2027-01-05');
    await planOn(world, '2027-01-05');
    await act(id, 'pause');
    moveTo(world, '2027-01-20');
    expect((await act(id, 'resume')).body).toMatchObject({ state: 'Active', nextBillingOn: '2027-02-05' });
    await release();
    await settleAll(world);
    expect(await fates(id)).toEqual(['Withdrawn period-over']);
    await planOn(world, '2027-02-05');
    await settleAll(world);
    expect(await fates(id)).toEqual(['Withdrawn period-over', 'Paid']);
  });

  it('of a run that was rejected for its price is billed again for the one that was put right', async () => {
    for (let index = 0; index < 6; index++) await subscribe(world, `dear-${index}`, '2027-01-05');
    const id = await subscribe(world, 'own', '2027-01-05', { priceOverride: carrierPrice(2_200) });
    const product = await productId(PRODUCT.storeProductId);
    await send(world, 'PATCH', `products/${product}`, { price: carrierPrice(55_000) });
    moveTo(world, '2027-01-05');
    const { body: run } = await send(world, 'POST', 'billing-runs', { date: '2027-01-05' });
    const headers = { Authorization: `Bearer ${SECOND_PERSONS_KEY}` };
    await send(world, 'POST', `billing-runs/${run.id}/reject`, { reason: 'a nought too many' }, headers);
    await send(world, 'PATCH', `products/${product}`, { price: carrierPrice(5_500) });
    const { body: seen } = await world.get(`billing-runs/${run.id}`);
    const again = await send(world, 'POST', `bulk-payment-jobs/${seen.jobs[0].id}/rebill`, { reason: 'put right' });
    expect(again.body).toMatchObject({ requested: { count: 7, amount: 6 * 5_500 + 2_200 } });
    expect((await chargesOf(world, id)).at(-1)).toBe('2027-01-05 2200');
  });

  it('has its intent committed before a cancellation or after it, never beside it', async () => {
    await engage();
    const ids = [
      await subscribe(world, 'before', '2027-01-05'),
      await subscribe(world, 'after', '2027-01-05'),
    ] as const;
    await planOn(world, '2027-01-05');
    const cancel = { table: 'subscription', event: 'BEFORE UPDATE', each: 'ROW' } as const;
    const canceling = await StageGate.close(world.database.url, { ...cancel, when: `NEW.state = 'Canceled'` });
    const first = act(ids[0], 'cancel', { when: 'now' });
    await canceling.reached(() => Promise.resolve());
    await release();
    await until('sending waits for the cancellation', async () => {
      const waiting = await database.rows(`SELECT FROM pg_locks WHERE locktype = 'advisory' AND NOT granted
        AND mode = 'ExclusiveLock'`);
      return waiting.length > 0 || undefined;
    });
    expect(await fates(ids[0])).toEqual(['Pending']);
    await canceling.open();
    expect((await first).status).toBe(200);
    await until('the first is withdrawn', async () => (await fates(ids[0]))[0] === 'Withdrawn canceled' || undefined);
    await settleAll(world);
    expect(await fates(ids[1])).toEqual(['Paid']);
  });
});
