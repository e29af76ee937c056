import { PaymentMethodRepository } from '../../src/payment-method';
import { Database } from '../../src/platform/database';
import type { TossFaultOrder } from '../../simulator';
import { startWorld, type BillingWorld, type JsonAnswer, type JsonBody } from '../support/billing-world';
import { subscribe, send } from '../support/subscribers';
import { until } from '../support/until';

/** Customers who register a card in Toss's window: our client, over HTTP, against a gateway that keeps its own keys. */
describe('a payment method registered at Toss', () => {
  let world: BillingWorld;

  beforeAll(async () => {
    world = await startWorld({ toss: true });
  });

  afterEach(() => world.simulator.toss.disarmAllFaults());
  afterAll(() => world.close());

  async function call(method: string, path: string, body?: object): Promise<JsonAnswer & { location: string | null }> {
    const response = await fetch(`${world.service.url}/checkout/v1/registrations/${path}`, {
      method,
      redirect: 'manual',
      ...(body && { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
    });
    const text = await response.text();
    const location = response.headers.get('location');
    return { status: response.status, body: text === '' ? null : JSON.parse(text), location };
  }

  interface Opened {
    id: string;
    token: string;
    window: JsonBody;
  }

  async function opened(customerReference: string, more: object = {}): Promise<Opened> {
    const { status, body } = await send(world, 'POST', 'payment-method-registrations', {
      ...{ customerReference, gatewayAccount: 'toss', returnUrl: 'https://shop.example/card' },
      ...more,
    });
    expect([status, body.code]).toEqual([201, undefined]);
    const { body: answer } = await call('POST', `${body.checkoutToken}/window`);
    return { id: body.id, token: body.checkoutToken, window: answer.window };
  }

  /** The customer enters a card. @returns the path it leads to, below the registrations' */
  function entered(window: JsonBody): string {
    const { id } = world.simulator.toss.openBilling({ method: 'CARD', ...window });
    const { redirectUrl } = world.simulator.toss.pay(id);
    return String(redirectUrl).split('/checkout/v1/registrations/')[1] ?? '';
  }

  const registration = async (id: string): Promise<JsonBody> =>
    (await world.get(`payment-method-registrations/${id}`)).body;
  const method = async (id: string): Promise<JsonBody> => (await world.get(`payment-methods/${id}`)).body;
  const keysOf = (window: JsonBody) =>
    world.simulator.toss.billingKeys().filter(({ customerKey }) => customerKey === window.customerKey);

  const ended = (id: string, state: string): Promise<JsonBody> =>
    until(`registration ${id} is ${state}`, async () => {
      world.clock.advanceSeconds(20);
      const found = await registration(id);
      return found.state === state ? found : undefined;
    });

  async function registered(customer: string, more: object = {}): Promise<JsonBody> {
    const { id, window } = await opened(customer, more);
    await call('GET', entered(window));
    return method((await registration(id)).paymentMethodId);
  }

  const secretOf = async (id: string) => {
    const methods = world.service.app.get(PaymentMethodRepository);
    const found = await methods.find(id);
    return methods.secretOf(found!);
  };

  it('is issued once, shown by company and last digits, and kept with its customer key', async () => {
    const { id, window } = await opened('ada');
    expect(window).toEqual({
      clientKey: expect.stringMatching(/^test_/),
      customerKey: expect.stringMatching(/^[0-9a-f-]{36}$/),
      successUrl: expect.stringContaining('/return'),
      failUrl: expect.stringContaining('/fail'),
    });
    const back = entered(window);
    const { status, location } = await call('GET', back);
    expect([status, location]).toEqual([303, `https://shop.example/card?registration=${id}&state=Issued`]);
    expect((await call('GET', back)).location).toContain('state=Issued');
    const found = await registration(id);
    const shown = await method(found.paymentMethodId);
    expect(shown).toMatchObject({ state: 'Active', customerReference: 'ada', gateway: 'toss', kind: 'billing-key' });
    expect(shown.label).toMatch(/…\S{4}$/);
    const [key, ...others] = keysOf(window);
    expect(others).toEqual([]);
    expect(await secretOf(shown.id)).toEqual({ methodKey: key!.billingKey, customerKey: window.customerKey });
    const everything = JSON.stringify([found, shown, (await world.get('audit-log?limit=100')).body]);
    expect(everything).not.toContain(key!.billingKey);
    expect(everything).not.toContain(window.customerKey);
  });

  it('is one method when the return comes twice at once', async () => {
    const { id, window } = await opened('bo');
    const back = entered(window);
    const answers = await Promise.all([call('GET', back), call('GET', back), call('GET', back)]);
    expect(answers.map(({ status }) => status)).toEqual([303, 303, 303]);
    await ended(id, 'Issued');
    expect(keysOf(window)).toHaveLength(1);
    expect((await world.get('payment-methods?customerReference=bo')).body.items).toHaveLength(1);
  });

  it('is asked for under the same key while Toss is still at it, and what it issued is not lost', async () => {
    const { id, window } = await opened('eve');
    const { toss } = world.simulator;
    const held = toss.armFault({ kind: 'answer-held', call: 'billing-issue' });
    const first = call('GET', entered(window));
    await until('the answer is held', () => Promise.resolve(keysOf(window).length > 0 || undefined));
    // As if the replica that waits for it were frozen: another one asks meanwhile.
    world.clock.advanceSeconds(3_600);
    await until('Toss says that it is still at it', async () => {
      const { lastError } = await registration(id);
      return lastError?.includes('IDEMPOTENT_REQUEST_PROCESSING') || undefined;
    });
    toss.disarmFault(held.id);
    await first;
    await ended(id, 'Issued');
    const [key, ...others] = keysOf(window);
    expect(others).toEqual([]);
    expect((await secretOf((await registration(id)).paymentMethodId)).methodKey).toBe(key!.billingKey);
  });

  it('is asked for under another key when Toss keeps its no under the first', async () => {
    const { id, window } = await opened('fay');
    world.simulator.toss.armFault({ kind: 'call-refused', call: 'billing-issue', options: { code: 'PROVIDER_ERROR' } });
    await call('GET', entered(window));
    await ended(id, 'Issued');
    expect(keysOf(window)).toHaveLength(1);
  });

  it('is not issued for another customer key, or by who does not know the token', async () => {
    const [mine, theirs] = [await opened('cho'), await opened('dan')];
    const back = entered(theirs.window);
    const { customerKey, authKey } = Object.fromEntries(new URL(`http://x/${back}`).searchParams);
    const refused = await call('POST', `${mine.token}/complete`, { customerKey, authKey });
    expect(refused).toMatchObject({
      status: 409,
      body: { code: 'return-mismatch', faults: [{ field: 'customerKey' }] },
    });
    expect((await registration(mine.id)).state).toBe('Open');
    const unknown = await call('POST', `${'x'.repeat(43)}/complete`, { customerKey, authKey });
    expect(unknown).toMatchObject({ status: 404, body: { code: 'method-registration-not-found' } });
    expect((await call('GET', back)).location).toContain('state=Issued');
  });

  it.each<Omit<TossFaultOrder, 'call'>>([
    { kind: 'answer-lost' },
    { kind: 'answer-truncated' },
    { kind: 'answer-failing' },
    { kind: 'answer-html' },
    { kind: 'call-failing' },
    { kind: 'call-cut' },
  ])('becomes one method after $kind, asked for again under the same key', async (fault) => {
    const { id, window } = await opened(`lost-${fault.kind}`);
    world.simulator.toss.armFault({ ...fault, call: 'billing-issue' });
    expect((await call('GET', entered(window))).location).toContain('state=Issuing');
    const { paymentMethodId } = await ended(id, 'Issued');
    const keys = keysOf(window);
    expect(keys.map(({ billingKey }) => billingKey)).toEqual([(await secretOf(paymentMethodId)).methodKey]);
  });

  it('fails by Toss’s own code, and a fail return changes nothing', async () => {
    const { id, token, window } = await opened('eun');
    expect((await call('GET', `${token}/fail?code=PAY_PROCESS_CANCELED&message=x`)).location).toBe(
      `https://shop.example/card?registration=${id}&state=Open&code=PAY_PROCESS_CANCELED`,
    );
    const { customerKey } = window;
    const refused = await call('POST', `${token}/complete`, { customerKey, authKey: 'nobody-gave-this' });
    expect(refused.body).toMatchObject({ state: 'Failed', failure: { code: 'INVALID_BILLING_AUTH' } });
    const again = await call('POST', `${token}/window`);
    expect(again).toMatchObject({ status: 409, body: { code: 'registration-over' } });
  });

  it('is over when nobody came back in time', async () => {
    const { id, token, window } = await opened('fay', { expiresInMinutes: 1 });
    const { customerKey, authKey } = Object.fromEntries(new URL(`http://x/${entered(window)}`).searchParams);
    world.clock.advanceSeconds(61);
    const late = await call('POST', `${token}/complete`, { customerKey, authKey });
    expect(late).toMatchObject({ status: 409, body: { code: 'registration-over' } });
    await ended(id, 'Expired');
    expect(keysOf(window)).toEqual([]);
  });

  it('takes the place of another, whose subscriptions move along, and the other is deleted at Toss and here', async () => {
    const first = await registered('gil');
    const before = await secretOf(first.id);
    const subscription = await subscribe(world, 'gil', '2027-01-05');
    await send(world, 'PUT', `subscriptions/${subscription}/payment-method`, { paymentMethodId: first.id });
    const second = await registered('gil', { replaces: first.id });
    const shown = (await world.get(`subscriptions/${subscription}`)).body;
    expect(shown.paymentMethod).toMatchObject({ id: second.id, state: 'Active' });
    expect(shown.endedMethods).toMatchObject([{ id: first.id, state: 'Replaced' }, { kind: 'billing-token' }]);
    const erased = await until('the one before is deleted', async () => {
      const found = await method(first.id);
      return found.erasedAt === null ? undefined : found;
    });
    expect(erased).toMatchObject({ state: 'Replaced', history: [{ toState: 'Active' }, { toState: 'Replaced' }] });
    const atToss = world.simulator.toss.billingKeys().find(({ billingKey }) => billingKey === before.methodKey);
    expect(atToss?.deletedAt).not.toBeNull();
    const wrong = await send(world, 'POST', 'payment-method-registrations', {
      ...{ customerReference: 'hana', gatewayAccount: 'toss', returnUrl: 'https://shop.example/card' },
      replaces: second.id,
    });
    expect(wrong).toMatchObject({ status: 400, body: { faults: [{ field: 'replaces' }] } });
  });

  it('is removed here and deleted at Toss, also when Toss says no at first, and its subscriptions need another', async () => {
    const { id } = await registered('in');
    const { methodKey } = await secretOf(id);
    const subscription = await subscribe(world, 'in', '2027-01-05');
    await send(world, 'PUT', `subscriptions/${subscription}/payment-method`, { paymentMethodId: id });
    world.simulator.toss.armFault({ kind: 'call-failing', call: 'billing-delete' });
    const { body } = await send(world, 'POST', `payment-methods/${id}/remove`, { reason: 'asked by the customer' });
    expect(body).toMatchObject({ state: 'Removed', actions: [] });
    await until('it is deleted', async () => {
      world.clock.advanceSeconds(60);
      return (await method(id)).erasedAt ?? undefined;
    });
    const atToss = world.simulator.toss.billingKeys().find(({ billingKey }) => billingKey === methodKey);
    expect(atToss?.deletedAt).not.toBeNull();
    const needing = (await world.get('subscriptions?newMethodNeeded=true')).body.items;
    expect(needing).toMatchObject([{ id: subscription, newMethodNeeded: true, paymentMethod: { state: 'Removed' } }]);
    const again = await send(world, 'POST', `payment-methods/${id}/remove`, { reason: 'twice' });
    expect(again).toMatchObject({ status: 409, body: { code: 'state-conflict' } });
  });

  it('is Invalid once Toss says that it is deleted, by a key that is ours and no other', async () => {
    const { id } = await registered('jo');
    const { methodKey } = await secretOf(id);
    const sent = Object.entries({ guessed: `${methodKey.slice(0, -2)}x=`, once: methodKey, twice: methodKey });
    for (const [createdAt, billingKey] of sent) {
      const body = JSON.stringify({ eventType: 'BILLING_DELETED', createdAt, data: { billingKey, reason: 'CARD' } });
      const { status } = await fetch(`${world.service.url}/webhooks/toss/toss`, { method: 'POST', body });
      expect(status).toBe(200);
    }
    const told = await until('all three are looked into', async () => {
      const { items } = (await world.get('notifications?gateway=toss')).body;
      return items.filter(({ verdict, retry }: JsonBody) => verdict || retry?.givenUpAt).length === 3
        ? items
        : undefined;
    });
    expect(told.filter(({ state }: JsonBody) => state === 'Verified')).not.toEqual([]);
    expect(JSON.stringify(told)).not.toContain(methodKey);
    expect(await method(id)).toMatchObject({
      state: 'Invalid',
      history: [{ toState: 'Active' }, { toState: 'Invalid', reason: 'BILLING_DELETED' }],
    });
  });

  it('pays subscriptions of its own customer only, while it may be charged', async () => {
    const { id } = await registered('kim');
    const order = { storeProductId: '0910024116', startedOn: '2027-02-01', nextBillingOn: '2027-02-01' };
    const create = (more: object) => send(world, 'POST', 'subscriptions', { ...order, ...more });
    const mine = await create({ customerReference: 'kim', paymentMethodId: id });
    expect([mine.status, mine.body.paymentMethod?.id]).toEqual([201, id]);
    expect(mine.body.price).toMatchObject({ amount: 5_500, carrierAmount: null });
    const refusal = { status: 400, body: { faults: [{ field: 'paymentMethodId' }] } };
    expect(await create({ customerReference: 'lee', paymentMethodId: id })).toMatchObject(refusal);
    expect(await create({ customerReference: 'lee', paymentMethodId: '999' })).toMatchObject(refusal);
    const neither = { status: 400, body: { faults: [{ field: 'billingToken' }] } };
    expect(await create({ customerReference: 'lee' })).toMatchObject(neither);
    await send(world, 'POST', `payment-methods/${id}/remove`, { reason: 'gone' });
    const other = { ...order, storeProductId: '0910024117' };
    const gone = await send(world, 'POST', 'subscriptions', {
      ...other,
      customerReference: 'kim',
      paymentMethodId: id,
    });
    expect(gone).toMatchObject(refusal);
  });

  it('leaves no key at Toss that is not in use here', async () => {
    const rows = await world.service.app
      .get(Database)
      .rows<{ id: string }>(`SELECT id FROM payment_method WHERE state = 'Active' AND gateway = 'toss'`);
    const ours = await Promise.all(rows.map(async ({ id }) => (await secretOf(id)).methodKey));
    const theirs = world.simulator.toss.billingKeys().filter(({ deletedAt }) => deletedAt === null);
    // Of the one that a message was made up about, Toss knows nothing.
    const [invalid] = (await world.get('payment-methods?state=Invalid')).body.items;
    const all = [...ours, (await secretOf(invalid.id)).methodKey];
    expect(theirs.map(({ billingKey }) => billingKey).sort()).toEqual(all.sort());
  });
});
