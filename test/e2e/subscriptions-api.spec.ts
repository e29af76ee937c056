import { seoulDate } from '../../src/kernel/seoul-calendar';
import { nextState, statesOf } from '../../src/kernel/transitions';
import { Database } from '../../src/platform/database';
import { BillingRunPlanning } from '../../src/billing-run';
import { SUBSCRIPTION_TRANSITIONS, type SubscriptionState } from '../../src/subscription';
import { ADMIN_ACTOR, startWorld, type BillingWorld, type JsonBody } from '../support/billing-world';
import { TOKEN_64, TOKEN_96 } from '../support/request-files';
import {
  OTHER_PRODUCT,
  PRODUCT,
  carrierPrice,
  moveTo,
  send,
  settleAll,
  subscribe,
  subscriptionRow,
} from '../support/subscribers';

const ORDER = {
  customerReference: '고객-1',
  storeProductId: PRODUCT.storeProductId,
  billingToken: TOKEN_64,
  startedOn: '2027-01-31',
};

describe('subscriptions over the admin API', () => {
  let world: BillingWorld;
  let database: Database;

  beforeAll(async () => {
    world = await startWorld({ simulator: { declineRate: 0 } });
    database = world.service.app.get(Database);
    moveTo(world, '2027-01-10');
    await subscribe(world, 'before', '2027-01-20');
  });

  afterAll(() => world.close());

  const create = (changes: object) => send(world, 'POST', 'subscriptions', { ...ORDER, ...changes });
  const act = (id: string, action: string, body?: object) => send(world, 'POST', `subscriptions/${id}/${action}`, body);

  let declinedDay = 10;

  /** A subscription in a state; past due by a charge that was declined, on a day of its own. */
  async function inState(state: SubscriptionState, customer: string): Promise<string> {
    if (state !== 'PastDue') {
      const id = await subscribe(world, customer, '2027-01-25');
      await database.execute('UPDATE subscription SET state = $2 WHERE id = $1', [id, state]);
      return id;
    }
    declinedDay += 1;
    const id = await subscribe(world, customer, `2027-01-${declinedDay}`);
    world.simulator.control.follow({ declineOrderNos: [`B202701${declinedDay}-${id}-1`] });
    await world.service.app.get(BillingRunPlanning).plan(seoulDate(`2027-01-${declinedDay}`));
    await settleAll(world);
    return id;
  }

  async function counts(): Promise<unknown> {
    return database.rows(
      'SELECT (SELECT count(*) FROM subscription) AS subscriptions, (SELECT count(*) FROM subscription_history) AS history',
    );
  }

  it('are created with the terms that were stated, and the usual ones for the rest', async () => {
    const plain = await create({});
    expect(plain.status).toBe(201);
    expect(plain.body).toMatchObject({
      customerReference: '고객-1',
      product: { storeProductId: PRODUCT.storeProductId, name: PRODUCT.name },
      state: 'Active',
      price: carrierPrice(5_500),
      priceOverridden: false,
      startedOn: '2027-01-31',
      anchorDay: 31,
      intervalMonths: 1,
      trialUntil: null,
      endsOn: null,
      nextBillingOn: '2027-01-31',
      paidThroughOn: null,
      retryOn: null,
      cancelAtPeriodEnd: false,
    });
    const full = await create({
      customerReference: '고객-2',
      startedOn: '2026-12-01',
      trialUntil: '2027-02-28',
      anchorDay: 30,
      intervalMonths: 3,
      endsOn: '2028-01-01',
      priceOverride: { ...carrierPrice(1_000), carrierAmount: 400, tmembershipAmount: 600 },
    });
    expect(full.body).toMatchObject({
      anchorDay: 30,
      intervalMonths: 3,
      trialUntil: '2027-02-28',
      nextBillingOn: '2027-02-28',
      endsOn: '2028-01-01',
      price: { amount: 1_000, carrierAmount: 400, creditCardAmount: 0, tmembershipAmount: 600 },
      priceOverridden: true,
    });
  });

  it('store the billing token encrypted, and never show it', async () => {
    const { body } = await create({ customerReference: 'secret', billingToken: TOKEN_96 });
    const answers = [
      body,
      (await world.get(`subscriptions/${body.id}`)).body,
      (await world.get('subscriptions')).body,
      (await send(world, 'PUT', `subscriptions/${body.id}/billing-token`, { billingToken: TOKEN_64 })).body,
      (await world.get(`subscriptions/${body.id}`)).body,
    ];
    expect(JSON.stringify(answers)).not.toMatch(/[0-9A-Fa-f]{16}/);
    expect(answers[4].history.at(-1)).toMatchObject({
      cause: 'billing token replaced',
      changes: { billingTokenHash: { from: body.billingTokenHashPrefix, to: answers[3].billingTokenHashPrefix } },
    });
    const stored = await database.rows<{ ciphertext: Buffer }>('SELECT ciphertext FROM billing_token');
    expect(stored.every(({ ciphertext }) => !ciphertext.includes(TOKEN_64.slice(0, 8)))).toBe(true);
  });

  it.each([
    [{ customerReference: '' }, 'customerReference'],
    [{ customerReference: 'a\nb' }, 'customerReference'],
    [{ customerReference: "'quoted" }, 'customerReference'],
    [{ billingToken: TOKEN_64.toLowerCase() }, 'billingToken'],
    [{ billingToken: undefined }, 'billingToken'],
    [{ storeProductId: 'unknown' }, 'storeProductId'],
    [{ startedOn: '2027-02-30' }, 'startedOn'],
    [{ startedOn: '2027-01-09' }, 'nextBillingOn'],
    [{ anchorDay: 0 }, 'anchorDay'],
    [{ anchorDay: 32 }, 'anchorDay'],
    [{ anchorDay: 30 }, 'anchorDay'],
    [{ anchorDay: null }, 'anchorDay'],
    [{ intervalMonths: 0 }, 'intervalMonths'],
    [{ intervalMonths: 121 }, 'intervalMonths'],
    [{ trialUntil: '2027-01-31' }, 'trialUntil'],
    [{ endsOn: '2027-01-31' }, 'endsOn'],
    [{ nextBillingOn: '2027-01-30' }, 'nextBillingOn'],
    [{ priceOverride: { ...carrierPrice(100), amount: 101 } }, 'priceOverride.amount'],
    [{ priceOverride: { amount: 100 } }, 'priceOverride.carrierAmount'],
    [{ state: 'Canceled' }, 'state'],
  ])('are refused by field, never by value: %j', async (changes, field) => {
    const before = await counts();
    const { status, body } = await create({ customerReference: 'refused', ...changes });
    expect(status).toBe(400);
    expect(body.faults.map((fault: { field: string }) => fault.field)).toContain(field);
    expect(JSON.stringify(body)).not.toContain(TOKEN_64.slice(0, 12).toLowerCase());
    expect(await counts()).toEqual(before);
  });

  it('take customers who have paid elsewhere until a day', async () => {
    const moved = await create({
      customerReference: 'moved',
      startedOn: '2020-03-31',
      nextBillingOn: '2027-02-28',
      anchorDay: 31,
    });
    expect(moved.body).toMatchObject({ startedOn: '2020-03-31', nextBillingOn: '2027-02-28', anchorDay: 31 });
  });

  it('are one for a customer and a product until they are over', async () => {
    const first = await create({ customerReference: 'again' });
    const other = await create({ customerReference: 'again', storeProductId: OTHER_PRODUCT.storeProductId });
    expect([first.status, other.status]).toEqual([201, 201]);
    expect(await create({ customerReference: 'again' })).toMatchObject({
      status: 409,
      body: { code: 'duplicate-subscription' },
    });
    const change = await send(world, 'PATCH', `subscriptions/${other.body.id}`, {
      storeProductId: PRODUCT.storeProductId,
    });
    expect(change).toMatchObject({ status: 409, body: { code: 'duplicate-subscription' } });
    await act(first.body.id, 'cancel', { when: 'now' });
    const second = await create({ customerReference: 'again' });
    expect(second.status).toBe(201);
    const { body: found } = await world.get('subscriptions?customerReference=again&limit=2');
    expect(found.items.map((item: JsonBody) => item.id)).toEqual([second.body.id, other.body.id]);
    const { body: rest } = await world.get(`subscriptions?customerReference=again&cursor=${found.nextCursor}`);
    expect(rest.items.map((item: JsonBody) => [item.id, item.state])).toEqual([[first.body.id, 'Canceled']]);
    const { body: active } = await world.get('subscriptions?customerReference=again&state=Canceled');
    expect(active.items).toHaveLength(1);
  });

  it('are created once, however many ask at once', async () => {
    const answers = await Promise.all(Array.from({ length: 8 }, () => create({ customerReference: 'racing' })));
    expect(answers.map((answer) => answer.status).sort()).toEqual([201, 409, 409, 409, 409, 409, 409, 409]);
  });

  it.each(
    statesOf(SUBSCRIPTION_TRANSITIONS).flatMap((state) =>
      (['pause', 'resume', 'cancel'] as const).map((event) => [state, event] as const),
    ),
  )('in %s answer to %s as the table of transitions says', async (state, event) => {
    const id = await inState(state, `${state}-${event}`);
    const { body: before } = await world.get(`subscriptions/${id}`);
    const answer = await act(id, event, event === 'cancel' ? { when: 'now' } : undefined);
    const to = nextState(SUBSCRIPTION_TRANSITIONS, state, event);
    expect(answer.status).toBe(to === undefined ? 409 : 200);
    expect(answer.body).toMatchObject(to === undefined ? { code: 'state-conflict', state } : { state: to });
    expect((await subscriptionRow(world, id)).state).toBe(to ?? state);
    const { body } = await world.get(`subscriptions/${id}`);
    expect(body.history).toHaveLength(before.history.length + (to === undefined ? 0 : 1));
  });

  it.each(['Canceled', 'Expired'])('in %s keep their terms', async (state) => {
    const id = await subscribe(world, `over-${state}`, '2027-01-25');
    await database.execute(
      "UPDATE subscription SET state = $2, decline_count = ($2::text = 'PastDue')::int WHERE id = $1",
      [id, state],
    );
    const before = await world.get(`subscriptions/${id}`);
    const answers = [
      await send(world, 'PATCH', `subscriptions/${id}`, { endsOn: '2030-01-01' }),
      await send(world, 'PUT', `subscriptions/${id}/billing-token`, { billingToken: TOKEN_96 }),
      await act(id, 'cancel', { when: 'period-end' }),
    ];
    expect(answers.map((answer) => answer.status)).toEqual([409, 409, 409]);
    expect(await world.get(`subscriptions/${id}`)).toEqual(before);
  });

  it('are changed by one of many who pause at once', async () => {
    const id = await subscribe(world, 'pausing', '2027-01-25');
    const answers = await Promise.all(Array.from({ length: 8 }, () => act(id, 'pause')));
    expect(answers.filter((answer) => answer.status === 200)).toHaveLength(1);
    expect((await world.get(`subscriptions/${id}`)).body.history).toHaveLength(2);
  });

  it('keep every change of terms in their history, and none when nothing changes', async () => {
    const id = await subscribe(world, 'terms', '2027-01-25');
    const change = (terms: object) => send(world, 'PATCH', `subscriptions/${id}`, terms);
    await change({ endsOn: '2027-12-25' });
    await change({ endsOn: '2027-12-25' });
    await change({});
    await change({ endsOn: null });
    const { body } = await world.get(`subscriptions/${id}`);
    expect(body.history.slice(1)).toMatchObject([
      {
        fromState: 'Active',
        toState: 'Active',
        cause: 'terms changed',
        actor: ADMIN_ACTOR,
        changes: { endsOn: { from: null, to: '2027-12-25' } },
      },
      { changes: { endsOn: { from: '2027-12-25', to: null } } },
    ]);
  });

  it.each([
    [{ endsOn: '2027-01-10' }, 'endsOn'],
    [{ endsOn: '2027-01-20' }, 'endsOn'],
    [{ endsOn: 'soon' }, 'endsOn'],
    [{ storeProductId: 'unknown' }, 'storeProductId'],
    [{ priceOverride: { ...carrierPrice(100), carrierAmount: 99 } }, 'priceOverride.amount'],
    [{ cancelAtPeriodEnd: null }, 'cancelAtPeriodEnd'],
    [{ anchorDay: 3 }, 'anchorDay'],
  ])('refuse a change by field: %j', async (terms, field) => {
    const { body: found } = await world.get('subscriptions?customerReference=before');
    const { status, body } = await send(world, 'PATCH', `subscriptions/${found.items[0].id}`, terms);
    expect(status).toBe(400);
    expect(body.faults.map((fault: { field: string }) => fault.field)).toContain(field);
    expect((await world.get('subscriptions?customerReference=before')).body).toEqual(found);
  });

  it.each([
    ['GET', 'subscriptions/999'],
    ['PATCH', 'subscriptions/999'],
    ['POST', 'subscriptions/999/pause'],
    ['POST', 'subscriptions/999/resume'],
  ])('%s %s is not found', async (method, path) => {
    const answer = await send(world, method, path, method === 'PATCH' ? { endsOn: '2030-01-01' } : undefined);
    expect(answer).toMatchObject({ status: 404, body: { code: 'subscription-not-found' } });
  });
});
