import { wonInWords } from '../../src/kernel/won';
import { Database } from '../../src/platform/database';
import { ADMIN_ACTOR, startWorld, type BillingWorld, type JsonBody } from '../support/billing-world';
import { callAdmin } from '../support/admin-world';
import { askRefund, bookedRefunds, loggedRefunds, paidCharges, refundInState } from '../support/refunds';
import { VERSION_CONFLICT, ifMatch, keyOf, send } from '../support/subscribers';

describe('refunds', () => {
  let world: BillingWorld;
  let orderNos: string[];
  let next = 0;

  beforeAll(async () => {
    world = await startWorld({
      simulator: { declineRate: 0 },
      environment: {
        REFUND_RATE_PER_MINUTE: '6000',
        TSTORE_LOOKUPS_PER_MINUTE: '6000',
        REFUND_RELEASE_ABOVE_WON: '100000',
      },
    });
    world.simulator.control.follow({ declineOrderNos: ['declined-0'] });
    await paidCharges(world, 1, 'declined-');
    orderNos = await paidCharges(world, 12, 'r-');
  });

  afterAll(() => world.close());

  const fresh = (): string => orderNos[next++] as string;
  const charge = async (orderNo: string): Promise<JsonBody> => (await world.get(`charges/${orderNo}`)).body;
  const database = (): Database => world.service.app.get(Database);

  it('give all of a payment back: once, as T store holds it, with history, log entry and state', async () => {
    const orderNo = fresh();
    const { amount } = await charge(orderNo);
    const asked = await askRefund(world, orderNo);
    expect([asked.status, asked.body]).toMatchObject([
      202,
      { amount, state: 'Requested', actions: ['cancel'], release: null },
    ]);
    const refund = await refundInState(world, asked.body.id, 'Refunded');
    expect(refund).toMatchObject({
      actions: [],
      sent: { isFull: true, paymentParts: [{ method: '11', amount }] },
      result: { resultCode: '0000' },
    });
    const [entry] = await world.simulator.control.bookOfOrder(orderNo);
    expect(entry?.refunds).toMatchObject([{ amount, refundTid: refund.result.refundTransactionId }]);
    expect(refund.history.map((one: JsonBody) => one.toState)).toEqual(['Requested', 'Refunding', 'Refunded']);
    expect(await loggedRefunds(world, orderNo)).toEqual([`refunded ${amount}`]);
    expect(await charge(orderNo)).toMatchObject({ state: 'Refunded', refundedAmount: amount, actions: ['look-up'] });
    expect((await world.get(`charges/${orderNo}/refunds`)).body.items).toMatchObject([{ id: refund.id }]);
    expect(await askRefund(world, orderNo)).toMatchObject({ status: 409, body: { code: 'refund-not-possible' } });
    expect(JSON.stringify(refund)).not.toMatch(/[0-9A-F]{32}/);
  });

  it('give parts back until nothing is left, never more', async () => {
    const orderNo = fresh();
    const { amount } = await charge(orderNo);
    for (const part of [300, 200]) {
      const { body } = await askRefund(world, orderNo, part);
      await refundInState(world, body.id, 'Refunded');
    }
    expect(await charge(orderNo)).toMatchObject({ state: 'PartiallyRefunded', actions: ['look-up', 'refund'] });
    const rest = amount - 500;
    expect(await askRefund(world, orderNo, rest + 1)).toMatchObject({
      status: 409,
      body: {
        ...{ code: 'refund-exceeds', left: rest },
        detail: `That is more than is left of ${orderNo}: ${wonInWords(rest)} of ${wonInWords(amount)}`,
      },
    });
    const { body } = await askRefund(world, orderNo);
    expect(body.amount).toBe(rest);
    expect(await refundInState(world, body.id, 'Refunded')).toMatchObject({ sent: { isFull: false } });
    expect(await bookedRefunds(world, orderNo)).toEqual([300, 200, rest]);
    expect(await loggedRefunds(world, orderNo)).toEqual([
      'partially-refunded 300',
      'partially-refunded 200',
      `refunded ${rest}`,
    ]);
    expect((await charge(orderNo)).state).toBe('Refunded');
  });

  it('of twenty who give all of one payment back at once, one does, by T store’s book', async () => {
    const orderNo = fresh();
    const { amount } = await charge(orderNo);
    const answers = await Promise.all(Array.from({ length: 20 }, () => askRefund(world, orderNo)));
    expect(answers.filter(({ status }) => status === 202)).toHaveLength(1);
    expect(answers.filter(({ status, body }) => status === 409 && body.retryable !== undefined)).toHaveLength(19);
    const { body } = answers.find(({ status }) => status === 202) as { body: JsonBody };
    await refundInState(world, body.id, 'Refunded');
    expect(await bookedRefunds(world, orderNo)).toEqual([amount]);
    expect(world.simulator.control.calls().filter(({ path }) => path.endsWith('/refund')).length).toBe(
      world.simulator.control.refunds().length,
    );
  });

  it('of many parts asked for at once never sum up to more than the payment', async () => {
    const orderNo = fresh();
    const { amount } = await charge(orderNo);
    for (let round = 0; round < 4; round++) {
      const answers = await Promise.all(Array.from({ length: 5 }, () => askRefund(world, orderNo, 400)));
      const taken = answers.filter(({ status }) => status === 202);
      await Promise.all(taken.map(({ body }) => refundInState(world, body.id, 'Refunded')));
    }
    const booked = await bookedRefunds(world, orderNo);
    expect(booked).toEqual(Array(Math.floor(amount / 400)).fill(400));
    expect((await charge(orderNo)).refundedAmount).toBe(booked.length * 400);
  });

  it('under one reference are one, however often and at once it is sent', async () => {
    const orderNo = fresh();
    const ask = (amount: number) =>
      send(world, 'POST', `charges/${orderNo}/refunds`, { reason: 'r', amount, reference: 'ticket-7' });
    const answers = await Promise.all(Array.from({ length: 5 }, () => ask(100)));
    expect(new Set(answers.map(({ status, body }) => `${status} ${body.id}`)).size).toBe(1);
    await refundInState(world, answers[0]?.body.id, 'Refunded');
    expect(await ask(100)).toMatchObject({ status: 202, body: { id: answers[0]?.body.id, state: 'Refunded' } });
    expect(await ask(101)).toMatchObject({ status: 409, body: { code: 'refund-reference-used' } });
    expect(await bookedRefunds(world, orderNo)).toEqual([100]);
  });

  it('are refereed by the database: no statement gives back more than was paid, or what was not', async () => {
    const orderNo = fresh();
    const { id, amount, transactionId } = await charge(orderNo);
    const insert = (chargeId: string, won: number, tid: string) =>
      database().execute(
        `INSERT INTO refund (charge_id, transaction_id, amount, state, reason, requested_by, requested_by_owner, requested_at)
         VALUES ($1, $2, $3, 'Requested', 'r', 'by hand', 'by hand', now())`,
        [chargeId, tid, won],
      );
    await expect(insert(id, amount + 1, transactionId)).rejects.toThrow(/refund_total_within_amount/);
    await expect(insert(id, amount, 'TS003_other')).rejects.toThrow(/is not paid by transaction/);
    const declined = await charge('declined-0');
    await expect(insert(declined.id, 1, 'None')).rejects.toThrow(/is not paid by transaction/);
    await expect(database().execute('DELETE FROM refund')).rejects.toThrow(/append-only/);
    await expect(database().execute('UPDATE refund SET amount = 1')).rejects.toThrow(/append-only/);
    expect(await bookedRefunds(world, orderNo)).toEqual([]);
  });

  it('are not for what is not paid', async () => {
    expect(await askRefund(world, 'declined-0')).toMatchObject({
      status: 409,
      body: { code: 'refund-not-possible' },
    });
    expect((await askRefund(world, 'nobody-asked')).body.code).toBe('charge-not-found');
  });

  it.each([
    [{}, 'reason'],
    [{ reason: 'r', amount: 0 }, 'amount'],
    [{ reason: 'r', amount: 1.5 }, 'amount'],
    [{ reason: 'r', amount: '100' }, 'amount'],
    [{ reason: 'r', sum: 1 }, 'sum'],
  ])('refuse %j by naming %s', async (body, field) => {
    const refused = await send(world, 'POST', `charges/${orderNos[0]}/refunds`, body);
    expect([refused.status, JSON.stringify(refused.body)]).toEqual([400, expect.stringContaining(field)]);
  });

  it('fail unsent when T store’s record differs from ours, and leave the charge as it was', async () => {
    const orderNo = fresh();
    // Somebody gave a part back at T store, and not through us.
    const { transactionId } = await charge(orderNo);
    const token = await fetch(`${world.simulator.baseUrl}/oauth/service/accessToken`, {
      method: 'POST',
      headers: {
        Authorization: `BASIC ${Buffer.from('demo-client:demo-secret+/=').toString('base64')}`,
        'Content-Type': 'application/x-www-form-urlencoded',
      },
      body: 'grant_type=client_credentials',
    });
    const { accessToken } = (await token.json()) as { accessToken: string };
    await fetch(`${world.simulator.baseUrl}/v1/payment/refund`, {
      method: 'POST',
      headers: { Authorization: `Bearer ${accessToken}`, 'Content-Type': 'application/json' },
      body: JSON.stringify({ refundTransactionRequest: { tid: transactionId, amount: 10 } }),
    });
    const { body } = await askRefund(world, orderNo, 100);
    const failed = await refundInState(world, body.id, 'Failed');
    expect(failed).toMatchObject({ sent: null, result: { resultCode: 'not-sent' } });
    expect(failed.result.resultMessage).toContain('refunded false, the gateway true');
    expect(await bookedRefunds(world, orderNo)).toEqual([10]);
    expect(await charge(orderNo)).toMatchObject({ state: 'Paid', refundedAmount: 0, pendingRefundAmount: 0 });
    const { body: beside } = await world.get(`charges/${orderNo}/transaction`);
    expect(beside.fields.filter((field: JsonBody) => !field.same)).toEqual([
      { field: 'refunded', ours: false, gateway: true, same: false },
    ]);
  });

  it('are released by no other key of who ordered them', async () => {
    const held = await startWorld({ simulator: { declineRate: 0 }, environment: { REFUND_RELEASE_ABOVE_COUNT: '0' } });
    try {
      const tokenOf = (name: string, owner: string): Promise<string> => keyOf(held, owner, 'finance', { name });
      const laptop = await tokenOf('laptop', 'kim@example.com');
      const phone = await tokenOf('phone', 'KIM@Example.com');
      const lees = await tokenOf('laptop', 'lee@example.com');
      const [orderNo] = await paidCharges(held, 1, 'p-');
      const call = (token: string, path: string) =>
        callAdmin(held.service.url, 'POST', path, {
          body: { reason: 'r' },
          headers: { Authorization: `Bearer ${token}` },
        });
      const { body: refund } = await call(laptop, `charges/${orderNo}/refunds`);
      expect(refund).toMatchObject({ state: 'AwaitingRelease', requestedByOwner: 'kim@example.com' });
      const own = await call(phone, `refunds/${refund.id}/release`);
      expect(own).toMatchObject({ status: 409, body: { code: 'second-person-required' } });
      expect(own.body.detail).toContain('kim@example.com asked for it');
      const others = await call(lees, `refunds/${refund.id}/release`);
      expect(others.body).toMatchObject({ state: 'Requested', release: { byOwner: 'lee@example.com' } });
      // Whose a key is, and who ordered a refund, is never written anew.
      const database = held.service.app.get(Database);
      for (const change of [`api_key SET owner = 'lee'`, `refund SET requested_by_owner = 'lee'`]) {
        await expect(database.execute(`UPDATE ${change}`)).rejects.toThrow(/append-only/);
      }
      const byOwner = (await held.get('audit-log?owner=kim@example.com')).body.items;
      expect(byOwner.map((entry: JsonBody) => [entry.operation, entry.outcome.status])).toEqual([
        ['refunds.release', 409],
        ['charges.refund', 202],
        ['bulkPaymentJobs.upload', 201],
      ]);
    } finally {
      await held.close();
    }
  });

  it('above the day’s allowance wait for a second person, who is not the first', async () => {
    const held = await startWorld({
      simulator: { declineRate: 0 },
      environment: { REFUND_RELEASE_ABOVE_WON: '2500', REFUND_RATE_PER_MINUTE: '6000' },
    });
    try {
      const charges = await paidCharges(held, 6, 'h-');
      const [boss, deputy, clerk] = (await Promise.all(
        ['finance', 'finance', 'operator'].map((role, at) => keyOf(held, `person-${at}`, role)),
      )) as [string, string, string];
      const answers = await Promise.all(charges.map((orderNo) => askRefund(held, orderNo)));
      const waiting = answers.filter(({ body }) => body.state === 'AwaitingRelease').map(({ body }) => body);
      expect(waiting).toHaveLength(4);
      expect(waiting[0]).toMatchObject({ actions: ['release', 'cancel'], release: { by: null } });
      const own = await send(held, 'POST', `refunds/${waiting[0].id}/release`, { reason: 'myself' });
      expect(own).toMatchObject({ status: 409, body: { code: 'second-person-required' } });
      expect(waiting[0]).toMatchObject({ requestedBy: ADMIN_ACTOR, requestedByOwner: 'kim@example.com' });
      const cancel = (version: string) =>
        send(held, 'POST', `refunds/${waiting[1].id}/cancel`, { reason: 'a mistake' }, ifMatch({ version }));
      expect(await cancel('1')).toMatchObject(VERSION_CONFLICT);
      const canceled = await cancel(waiting[1].version);
      expect(canceled.body).toMatchObject({ state: 'Canceled', result: { resultMessage: 'a mistake' } });
      const release = (token: string, version = '*') =>
        callAdmin(held.service.url, 'POST', `refunds/${waiting[0].id}/release`, {
          body: { reason: 'looked at it' },
          headers: { Authorization: `Bearer ${token}`, 'If-Match': version },
        });
      expect((await release(clerk)).body).toMatchObject({ code: 'scope-missing', scope: 'approvals:decide' });
      expect(await release(boss, '"1"')).toMatchObject(VERSION_CONFLICT);
      const releases = await Promise.all([release(boss), release(deputy)]);
      expect(releases.map(({ status }) => status).sort()).toEqual([200, 409]);
      const released = await refundInState(held, waiting[0].id, 'Refunded');
      expect(released.release).toMatchObject({
        by: expect.stringMatching(/^finance \(key \d+\)$/),
        byOwner: expect.stringMatching(/^person-[01]$/),
      });
      expect(held.simulator.control.refunds()).toHaveLength(3);
      expect(await send(held, 'POST', `refunds/${waiting[0].id}/cancel`, { reason: 'late' })).toMatchObject({
        status: 409,
        body: { code: 'state-conflict' },
      });
      // Nor does a statement by hand let the first person through.
      const byHand = (releasedBy: string, owner: string) =>
        held.service.app.get(Database).execute(
          `UPDATE refund SET released_by = ${releasedBy}, released_by_owner = ${owner}, released_at = now(),
             state = 'Requested' WHERE id = $1`,
          [waiting[2].id],
        );
      await expect(byHand('requested_by', `'other'`)).rejects.toThrow(/refund_released_by_second_person/);
      await expect(byHand(`'other'`, 'requested_by_owner')).rejects.toThrow(/refund_released_by_second_owner/);
      await expect(byHand(`'other'`, 'NULL')).rejects.toThrow(/refund_releaser_whole/);
      const { body: page } = await held.get('refunds?state=AwaitingRelease');
      expect(page.items.map((one: JsonBody) => one.id).sort()).toEqual([waiting[2].id, waiting[3].id].sort());
      // Another day, another allowance.
      held.clock.advanceSeconds(86_400);
      const again = charges[answers.findIndex(({ body }) => body.id === waiting[1].id)] as string;
      expect((await askRefund(held, again)).body).toMatchObject({ state: 'Requested', release: null });
    } finally {
      await held.close();
    }
  });
});
