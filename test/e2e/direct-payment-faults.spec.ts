import { Database } from '../../src/platform/database';
import { startWorld, type BillingWorld, type JsonAnswer, type JsonBody } from '../support/billing-world';
import { agreed, send } from '../support/subscribers';
import { openWindow, openedOrder, paidIn, type OpenedOrder } from '../support/toss-orders';
import { until } from '../support/until';

/** Payments of orders when something fails on the way, held against what Toss has in its book. */
describe('a direct payment', () => {
  let world: BillingWorld;

  beforeAll(async () => {
    world = await startWorld({ toss: true });
  });

  afterEach(() => {
    world.simulator.toss.disarmAllFaults();
    world.simulator.toss.forgetDeclines();
  });
  afterAll(() => world.close());

  const order = async (id: string): Promise<JsonBody> => (await world.get(`orders/${id}`)).body;
  const paymentOf = async (orderNo: string): Promise<JsonBody> => {
    const { items } = (await world.get('direct-payments')).body;
    return items.find((payment: JsonBody) => payment.orderNo === orderNo);
  };
  const waiting = async (): Promise<string[]> =>
    (await world.get('summary')).body.stuck.map(({ kind }: JsonBody) => kind);
  const ended = (id: string, state: string): Promise<JsonBody> =>
    until(`order ${id} is ${state}`, async () => {
      world.clock.advanceSeconds(20);
      const found = await order(id);
      return found.state === state ? found : undefined;
    });

  /** Has the next statement that writes to the log fail, and none after it. */
  async function failOneSettlement(): Promise<void> {
    await world.service.app.get(Database).execute(`
      CREATE SEQUENCE IF NOT EXISTS settlements_tried;
      CREATE OR REPLACE FUNCTION fail_once() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        IF nextval('settlements_tried') = 1 THEN RAISE EXCEPTION 'deadlock detected' USING ERRCODE = '40P01'; END IF;
        RETURN NEW;
      END $$;
      ALTER SEQUENCE settlements_tried RESTART;
      DROP TRIGGER IF EXISTS settlement_fails_once ON settlement;
      CREATE TRIGGER settlement_fails_once BEFORE INSERT ON settlement FOR EACH ROW EXECUTE FUNCTION fail_once()`);
  }

  describe('whose answer can’t be recorded by one statement', () => {
    it('is found out by itself, and settled once', async () => {
      const { id, orderNo, window } = await openedOrder(world);
      await failOneSettlement();
      await paidIn(world, window);
      expect((await order(id)).state).toBe('Confirming');
      expect(await paymentOf(orderNo)).toMatchObject({ state: 'Sending' });
      expect(await waiting()).not.toContain('payments-unanswered');
      await ended(id, 'Paid');
      expect(world.simulator.toss.bookOfOrder(orderNo)).toMatchObject([{ approvals: 1, approvedAmount: 15_000 }]);
      expect((await world.get(`charges/${orderNo}`)).body.state).toBe('Paid');
    });

    it('is found out where an earlier version has left it without a lease', async () => {
      const { id, orderNo, window } = await openedOrder(world);
      await failOneSettlement();
      await paidIn(world, window);
      const database = world.service.app.get(Database);
      await database.execute(`ALTER TABLE direct_payment DROP CONSTRAINT IF EXISTS direct_payment_sending_held`);
      await database.execute(`UPDATE direct_payment SET lease_id = NULL, lease_until = NULL WHERE state = 'Sending'`);
      await ended(id, 'Paid');
      expect(world.simulator.toss.bookOfOrder(orderNo)).toMatchObject([{ approvals: 1 }]);
    });
  });

  it('that is sent for longer than its call may take, or waits, is among what waits for a person', async () => {
    const { window, orderNo } = await openedOrder(world);
    await send(world, 'POST', 'kill-switch', { reason: 'a drill' });
    await paidIn(world, window);
    expect((await paymentOf(orderNo)).state).toBe('Pending');
    expect(await waiting()).not.toContain('payments-waiting');
    world.clock.advanceSeconds(3_601);
    expect(await waiting()).toContain('payments-waiting');
    await world.service.app.get(Database).execute("UPDATE gateway_account SET enabled = false WHERE id = 'toss'");
    expect(await waiting()).toContain('accounts-disabled');
    await world.service.app.get(Database).execute("UPDATE gateway_account SET enabled = true WHERE id = 'toss'");
    await send(world, 'DELETE', 'kill-switch', { reason: 'over' });
  });

  describe('that the gateway declines', () => {
    it.each([
      ['REJECT_CARD_PAYMENT', 403],
      ['INVALID_REQUEST', 400],
    ])('with %s although it took the money is paid, and no other window opens', async (code, status) => {
      const { id, token, orderNo, window } = await openedOrder(world);
      world.simulator.toss.armFault({ kind: 'answer-refused', call: 'confirm', options: { code, status } });
      await paidIn(world, window);
      const second = await openWindow(world, token);
      expect([second.status, second.body.code]).toEqual([409, 'order-over']);
      expect((await order(id)).state).toBe('Paid');
      expect(world.simulator.toss.bookOfOrder(orderNo)).toMatchObject([{ approvals: 1 }]);
      expect((await world.get(`charges/${orderNo}`)).body.state).toBe('Paid');
    });

    it('and can’t be asked about lets no other window open before it can', async () => {
      const { id, token, orderNo, window } = await openedOrder(world);
      const refused = { code: 'REJECT_CARD_PAYMENT', status: 403 };
      world.simulator.toss.armFault({ kind: 'answer-refused', call: 'confirm', options: refused });
      const silent = world.simulator.toss.armFault({ kind: 'call-failing', call: 'lookup', times: 100 });
      await paidIn(world, window);
      expect(await openWindow(world, token)).toMatchObject({ status: 409, body: { code: 'order-busy' } });
      world.simulator.toss.disarmFault(silent.id);
      await ended(id, 'Paid');
      expect(world.simulator.toss.bookOfOrder(orderNo)).toMatchObject([{ approvals: 1 }]);
    });

    it('and of which it has nothing may be tried again', async () => {
      const { id, token, orderNo, window } = await openedOrder(world);
      world.simulator.toss.declineApprovals({ orderId: orderNo, code: 'REJECT_CARD_PAYMENT' });
      await paidIn(world, window);
      expect(await order(id)).toMatchObject({ state: 'Ready', failure: { code: 'REJECT_CARD_PAYMENT' } });
      expect((await openWindow(world, token)).status).toBe(201);
    });
  });

  it('that the gateway declined and has all the same stops the line once a message names it', async () => {
    const { id, token, orderNo, window } = await openedOrder(world);
    const refused = { code: 'REJECT_CARD_PAYMENT', status: 403 };
    world.simulator.toss.armFault({ kind: 'answer-refused', call: 'confirm', options: refused });
    // The first lookup is that of the return, before anything is confirmed.
    world.simulator.toss.armFault({ kind: 'lookup-absent', call: 'lookup', skip: 1 });
    await paidIn(world, window);
    const { id: payment } = await paymentOf(orderNo);
    expect(await paymentOf(orderNo)).toMatchObject({ state: 'Declined' });
    const stops = async (): Promise<JsonBody[]> =>
      (await world.get('line-stops?kind=paid-after-all')).body.items.filter(
        ({ evidence }: JsonBody) => evidence.orderNo === orderNo,
      );
    expect(await stops()).toEqual([]);
    const { state, verdict } = await toldOf(orderNo, 'first');
    expect([state, verdict?.resultMessage]).toEqual(['Verified', expect.stringContaining('paid at the gateway')]);
    const raised = await stops();
    expect(raised).toMatchObject([{ state: 'Open', evidence: { amount: 15_000, foundAmount: 15_000 } }]);
    const again = await toldOf(orderNo, 'again');
    expect([again.state, again.retry.error]).toEqual(['Received', expect.stringContaining('which is known')]);
    expect((await stops()).map(({ id: stop }) => stop)).toEqual(raised.map(({ id: stop }) => stop));
    expect((await world.get(`direct-payments/${payment}`)).body).toMatchObject({
      state: 'Declined',
      looks: [1, 2].map(() => ({ answer: 'found', standing: 'paid', amount: 15_000, actor: 'look-into-message' })),
    });
    expect((await order(id)).lineStop).toBe(`/admin/v1/line-stops/${raised[0]?.id}`);
    expect(await openWindow(world, token)).toMatchObject({ status: 409, body: { code: 'order-busy' } });
  });

  /** A message about a payment arrives. @returns it, when it was looked into */
  async function toldOf(orderNo: string, createdAt: string): Promise<JsonBody> {
    const body = { eventType: 'PAYMENT_STATUS_CHANGED', createdAt, data: { orderId: orderNo, status: 'DONE' } };
    const address = `${world.service.url}/webhooks/toss/toss`;
    expect((await fetch(address, { method: 'POST', body: JSON.stringify(body) })).status).toBe(200);
    return until('the message is looked into', async () => {
      world.clock.advanceSeconds(10);
      const [newest] = (await world.get(`notifications?orderNo=${orderNo}`)).body.items;
      return newest.state === 'Received' && !newest.retry?.givenUpAt ? undefined : newest;
    });
  }

  describe('in doubt', () => {
    /** A payment whose confirmation got lost on the way, and that can't be looked up. */
    async function inDoubt(kind: 'answer-lost' | 'call-cut'): Promise<OpenedOrder & { payment: string }> {
      const opened = await openedOrder(world);
      world.simulator.toss.armFault({ kind, call: 'confirm' });
      silence();
      await paidIn(world, opened.window);
      expect((await order(opened.id)).state).toBe('InDoubt');
      const { id: payment } = await paymentOf(opened.orderNo);
      await leaveToPersons(payment);
      return { ...opened, payment };
    }
    /** Nobody but persons finds it out. */
    const leaveToPersons = (payment: string): Promise<unknown> =>
      until('nobody else has it', async () => {
        const sql = `UPDATE direct_payment SET next_attempt_at = NULL WHERE id = $1 AND lease_id IS NULL RETURNING id`;
        return (await world.service.app.get(Database).rows(sql, [payment]))[0];
      });
    const look = (payment: string): Promise<JsonAnswer> => send(world, 'POST', `direct-payments/${payment}/look`, {});
    const silence = (): void =>
      void world.simulator.toss.armFault({ kind: 'call-failing', call: 'lookup', times: 1_000 });
    const say = (payment: string, said: object): Promise<JsonAnswer> =>
      send(world, 'POST', `direct-payments/${payment}/resolve`, { reason: 'asked by telephone', ...said });

    it('is not ended as not paid while the gateway does not tell', async () => {
      const { id, payment } = await inDoubt('answer-lost');
      expect(await say(payment, { outcome: 'not-paid' })).toMatchObject({
        status: 409,
        body: { code: 'lookup-required' },
      });
      world.simulator.toss.disarmAllFaults();
      await look(payment);
      await ended(id, 'Paid');
    });

    it('is not ended as not paid by a second person whom the gateway does not tell, or tells otherwise', async () => {
      const { id, orderNo, payment } = await inDoubt('answer-lost');
      world.simulator.toss.disarmAllFaults();
      world.simulator.toss.armFault({ kind: 'lookup-absent', call: 'lookup' });
      const said = await say(payment, { outcome: 'not-paid' });
      expect(said.status).toBe(202);
      silence();
      expect(await agreed(world, said)).toMatchObject({ status: 409, body: { code: 'lookup-required' } });
      world.simulator.toss.disarmAllFaults();
      expect(await agreed(world, said)).toMatchObject({ status: 409, body: { code: 'evidence-contradicts' } });
      expect((await order(id)).state).toBe('InDoubt');
      expect((await world.get(`direct-payments/${payment}`)).body.looks).toMatchObject([
        { answer: 'found', standing: 'paid', amount: 15_000 },
        { answer: 'unknown', transactionId: null },
        { answer: 'not-found', actor: 'desk (key 1)' },
      ]);
      await look(payment);
      await ended(id, 'Paid');
      expect(world.simulator.toss.bookOfOrder(orderNo)).toMatchObject([{ approvals: 1 }]);
    });

    it('that persons ended as not paid is watched, and stops the line when the gateway has it', async () => {
      const { id, token, orderNo, payment } = await inDoubt('answer-lost');
      world.simulator.toss.disarmAllFaults();
      world.simulator.toss.armFault({ kind: 'lookup-absent', call: 'lookup', times: 2 });
      expect((await agreed(world, await say(payment, { outcome: 'not-paid' }))).status).toBe(200);
      expect((await order(id)).state).toBe('Ready');
      world.clock.advanceSeconds(3_601);
      const stop = await until('the line stops', async () => {
        const { items } = (await world.get('line-stops?kind=paid-after-all')).body;
        world.clock.advanceSeconds(10);
        return items.find(({ evidence }: JsonBody) => evidence.orderNo === orderNo);
      });
      expect(stop).toMatchObject({ state: 'Open', evidence: { amount: 15_000, foundAmount: 15_000 } });
      const [answer] = (await world.get(`inquiry?orderNo=${orderNo}`)).body.items;
      expect(answer).toMatchObject({ verdict: 'not-known' });
      expect(answer.because).toContain(stop.evidence.transactionId);
      expect((await order(id)).lineStop).toBe(`/admin/v1/line-stops/${stop.id}`);
      expect(await openWindow(world, token)).toMatchObject({ status: 409, body: { code: 'order-busy' } });
      const resolved = await send(world, 'POST', `line-stops/${stop.id}/resolve`, { reason: 'given back at Toss' });
      expect((await agreed(world, resolved)).status).toBe(200);
      expect((await openWindow(world, token)).status).toBe(201);
    });

    it('is not paid by another order’s payment, nor by one that nobody has', async () => {
      const other = await openedOrder(world);
      await paidIn(world, other.window);
      const { transactionId } = await paymentOf(other.orderNo);
      const { id, payment } = await inDoubt('call-cut');
      world.simulator.toss.disarmAllFaults();
      for (const named of [transactionId, 'NEVER-EXISTED-9']) {
        const said = await say(payment, { outcome: 'paid', transactionId: named });
        expect(said).toMatchObject({ status: 409, body: { code: 'evidence-contradicts' } });
      }
      expect((await order(id)).state).toBe('InDoubt');
      await look(payment);
      await ended(id, 'Paid');
    });

    it('by a payment that has settled another charge stops the line, and waits for a person', async () => {
      const wrong = await inDoubt('call-cut');
      world.simulator.toss.disarmAllFaults();
      const { id, orderNo, payment } = await inDoubt('answer-lost');
      world.simulator.toss.disarmAllFaults();
      const paymentKey = world.simulator.toss.bookOfOrder(orderNo)[0]?.paymentKey;
      // As it was before a word had to be supported.
      await world.service.app.get(Database).execute(
        `INSERT INTO settlement (position, charge_id, kind, amount, gateway, transaction_id, result_code, result_message, settled_at)
         SELECT nextval('settlement_position'), id, 'paid', amount, gateway, $1, 'by-decision', 'a slip', $2
         FROM charge WHERE order_no = $3`,
        [paymentKey, world.clock.now(), wrong.orderNo],
      );
      await look(payment);
      const stop = await until('the line stops', async () => {
        world.clock.advanceSeconds(20);
        return (await world.get('line-stops?kind=transaction-settled-twice')).body.items[0];
      });
      expect(stop).toMatchObject({ state: 'Open', evidence: { transactionId: paymentKey } });
      expect((await order(id)).state).toBe('InDoubt');
      expect(await paymentOf(orderNo)).toMatchObject({ state: 'Unknown', actions: ['look', 'resolve'] });
    });
  });
});
