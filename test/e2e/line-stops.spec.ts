import { BulkPaymentJobRepository, LineChecks } from '../../src/bulk-payment';
import { RefundSendingService } from '../../src/refund';
import { RefundRepository } from '../../src/refund/refund.repository';
import { LineStopRepository } from '../../src/line-stop';
import { Database, type SqlSession } from '../../src/platform/database';
import { refundStopSql } from '../../src/refund/refund-stop.sql';
import { ADMIN_ACTOR, startWorld, type BillingWorld, type JsonAnswer, type JsonBody } from '../support/billing-world';
import { lineChecked } from '../support/line-checks';
import { acceptAsPaid } from '../support/discrepancies';
import { metricOf, openStop, resolvedByTwo } from '../support/doubt';
import { askRefund, bookedRefunds, paidCharges } from '../support/refunds';
import { requestFile } from '../support/request-files';
import {
  VERSION_CONFLICT,
  agreed,
  billOn,
  chargesOf,
  ifMatch,
  planOn,
  send,
  settleAll,
  subscribe,
  subscriptionRow,
} from '../support/subscribers';
import { until } from '../support/until';
import { whileOpen } from '../support/while-open';

const DAY_SECONDS = 86_400;

describe('the line stops when money is not as it must be', () => {
  let world: BillingWorld;
  let database: Database;
  const logLines: string[] = [];

  beforeEach(async () => {
    logLines.length = 0;
    world = await startWorld({
      simulator: { declineRate: 0 },
      environment: { REFUND_RATE_PER_MINUTE: '6000', TSTORE_LOOKUPS_PER_MINUTE: '6000' },
      logLines,
    });
    database = world.service.app.get(Database);
  });

  afterEach(() => world.close());

  const jobOf = async (id: string): Promise<JsonBody> => (await world.get(`bulk-payment-jobs/${id}`)).body;
  const resolve = (id: string, body: object = { reason: 'looked into' }, headers = {}): Promise<JsonAnswer> =>
    resolvedByTwo(world, id, body, headers);
  const told = (id: string): number =>
    logLines.filter((line) => line.includes('"msg":"line stopped') && line.includes(`"lineStopId":"${id}"`)).length;

  it('a customer charged twice under one order number is charged no more until a person has resolved it', async () => {
    const ids = [];
    for (const customer of ['a', 'b', 'c']) ids.push(await subscribe(world, customer, '2027-01-05'));
    // As many lines as were asked for, of which two speak of one order.
    const faults = [{ kind: 'result-lines-charged-twice' as const }, { kind: 'result-lines-missing' as const }];
    world.simulator.control.follow({ faults });
    await billOn(world, '2027-01-05');

    const stop = await openStop(world, 'charged-twice');
    expect(ids).toContain(stop.subscriptionId);
    expect(stop).toMatchObject({ jobId: null, evidence: { amount: 5_500, orderNo: expect.any(String) } });
    expect(stop.evidence.transactionIds).toHaveLength(2);
    await until('it is told of', () => Promise.resolve(told(stop.id) || undefined));
    expect(await metricOf(world, 'line_stops_open')).toBe(1);
    const [asked] = (await world.get(`inquiry?orderNo=${stop.evidence.orderNo}`)).body.items;
    expect(asked.because).toContain(`line stopped: ${stop.violation}`);
    expect(asked.evidence).toContainEqual(expect.objectContaining({ what: 'line stopped', says: stop.violation }));
    // Only the customer is parked: the clean line of the same job is settled.
    const settled = (await world.get('settlement-log')).body.items;
    expect(settled.map((entry: JsonBody) => entry.kind)).toEqual(['paid']);

    // A person accepts one of the payments; the next period is due, and is not charged.
    const { body: found } = await world.get(`discrepancies?orderNo=${stop.evidence.orderNo}`);
    await acceptAsPaid(
      world,
      found.items.map(({ id }: JsonBody) => id),
    );
    await billOn(world, '2027-02-05');
    expect(await chargesOf(world, stop.subscriptionId)).toHaveLength(1);
    expect(await resolve(stop.id)).toMatchObject({ status: 200, body: { state: 'Resolved' } });
    await billOn(world, '2027-02-06');
    expect(await chargesOf(world, stop.subscriptionId)).toHaveLength(2);
    const { body } = await world.get(`subscriptions/${stop.subscriptionId}`);
    expect(body.history.map((entry: JsonBody) => entry.cause)).toEqual(
      expect.arrayContaining([
        `parked by line stop ${stop.id}: charged-twice`,
        `line stop ${stop.id} resolved: charged-twice`,
      ]),
    );
  });

  it('a job of an uploaded file in which an order was charged twice settles nothing before it is resolved', async () => {
    const faults = [{ kind: 'result-lines-charged-twice' as const }, { kind: 'result-lines-missing' as const }];
    world.simulator.control.follow({ faults });
    const { body } = await world.upload(requestFile(5, 'twice-'));
    await until('it is reconciled', async () => {
      await world.simulator.control.deliverNotifications();
      return (await jobOf(body.id)).result?.reconciledAt ?? undefined;
    });
    const stop = await openStop(world, 'charged-twice');
    expect(stop).toMatchObject({ jobId: body.id, subscriptionId: null });
    expect(await world.service.app.get(BulkPaymentJobRepository).claim('settle', 60)).toBeUndefined();
    expect(await jobOf(body.id)).toMatchObject({
      heldBy: `line stop ${stop.id}: ${stop.violation}`,
      result: { settledAt: null, linesApplied: 0 },
    });
    const [discrepancy] = (await world.get(`discrepancies?jobId=${body.id}&kind=duplicate`)).body.items;
    const decision = { outcome: 'paid', reason: 'T store knows it' };
    const accepted = await send(world, 'POST', `discrepancies/${discrepancy.id}/accept`, decision);
    expect(accepted).toMatchObject({ status: 409, body: { code: 'line-stopped', lineStopId: stop.id } });
    await resolve(stop.id);
    expect((await world.settled(body.id)).result.totals.paid.count).toBe(3);
  });

  it('a job whose numbers were changed is found within a day, whoever of the replicas looks, and told of once', async () => {
    const { body } = await world.upload(requestFile(4, 'numbers-'));
    await world.settled(body.id);
    await lineChecked(world);
    const checks = world.service.app.get(LineChecks);
    await database.execute('ALTER TABLE bulk_payment_job DROP CONSTRAINT bulk_payment_job_amounts_add_up');
    await database.execute('UPDATE bulk_payment_job SET paid_amount = paid_amount + 1 WHERE id = $1', [body.id]);
    expect((await world.get('line-stops')).body.items).toEqual([]);

    world.clock.advanceSeconds(DAY_SECONDS);
    await Promise.all(Array.from({ length: 4 }, () => checks.runOnce()));
    const stop = await openStop(world, 'numbers-differ');
    expect(stop).toMatchObject({
      jobId: body.id,
      evidence: { stated: { paid: [4, 4_007] }, found: { requested: [4, 4_006], paid: [4, 4_006] } },
    });
    await until('it is told of', () => Promise.resolve(told(stop.id) || undefined));
    world.clock.advanceSeconds(2 * DAY_SECONDS);
    for (let run = 0; run < 4; run++) await checks.runOnce();
    expect(told(stop.id)).toBe(1);
    expect((await world.get('line-stops')).body.items).toHaveLength(1);
    // Resolved, the same numbers are not raised again; others are.
    await resolve(stop.id);
    await database.execute('UPDATE bulk_payment_job SET paid_amount = paid_amount + 1 WHERE id = $1', [body.id]);
    world.clock.advanceSeconds(2 * DAY_SECONDS);
    const next = await openStop(world, 'numbers-differ');
    expect(next.evidence.stated.paid).toEqual([4, 4_008]);
  });

  it('a charge of which more was given back than was paid gets no further refund', async () => {
    const [orderNo = ''] = await paidCharges(world, 1, 'refund-');
    // As if the total that PostgreSQL keeps had been got round.
    await database.execute(
      `INSERT INTO settlement (position, charge_id, kind, amount, transaction_id, result_code, result_message,
         bulk_payment_job_id, refund_id, settled_at)
       SELECT nextval('settlement_position'), charge_id, 'refunded', amount + 1, transaction_id, '0000', 'planted',
         bulk_payment_job_id, 999, $1 FROM settlement`,
      [world.clock.now()],
    );
    const stop = await openStop(world, 'refunded-too-much');
    expect(stop).toMatchObject({ evidence: { orderNo, paid: 1_000, refunds: [{ refundId: '999', amount: 1_001 }] } });
    expect(stop.jobId).not.toBeNull();
    const { body: refund } = await askRefund(world, orderNo, 300);
    expect(refund).toMatchObject({ state: 'Requested', heldBy: `line stop ${stop.id}: ${stop.violation}` });
    expect(await world.service.app.get(RefundRepository).claim('send', 60)).toBeUndefined();
    expect(await world.service.app.get(RefundSendingService).runOnce()).toEqual({ done: 0, postponed: 0 });
    const stops = world.service.app.get(LineStopRepository);
    const { id: chargeId } = (await world.get(`charges/${orderNo}`)).body;
    await expect(
      database.transaction((session) => stops.assertNoStop(session, refundStopSql('$1'), [chargeId])),
    ).rejects.toMatchObject({
      code: 'line-stopped',
    });
    expect((await world.get(`refunds/${refund.id}`)).body.retry).toBeNull();
    expect(await bookedRefunds(world, orderNo)).toEqual([]);
  });

  it('a period paid twice under one charge is found too, were its unique key gone', async () => {
    const id = await subscribe(world, 'pays-twice', '2027-01-05');
    await billOn(world, '2027-01-05');
    await database.execute('DROP INDEX settlement_charge_once');
    await database.execute(
      `INSERT INTO settlement (position, charge_id, subscription_id, period_start_on, kind, amount, transaction_id,
         result_code, result_message, bulk_payment_job_id, result_line_number, settled_at)
       SELECT nextval('settlement_position'), charge_id, subscription_id, period_start_on, kind, amount, 'planted',
         result_code, result_message, bulk_payment_job_id, result_line_number, settled_at FROM settlement`,
    );
    expect(await openStop(world, 'period-paid-twice')).toMatchObject({ subscriptionId: id });
  });

  it('a job that is not sent yet waits with a parked subscription among its charges; what is under way goes on', async () => {
    const id = await subscribe(world, 'parked', '2027-01-05');
    await billOn(world, '2027-01-05');
    await send(world, 'POST', 'kill-switch', { reason: 'plan first' });
    await planOn(world, '2027-02-05');
    const stopId = await plant(id);
    await send(world, 'DELETE', 'kill-switch', { reason: 'go on' });
    const [job] = (await world.get('bulk-payment-jobs?limit=1')).body.items;
    expect(job).toMatchObject({ state: 'Created', heldBy: `line stop ${stopId}: planted` });
    const repository = world.service.app.get(BulkPaymentJobRepository);
    expect(await repository.claim('submit', 60)).toBeUndefined();
    const stops = world.service.app.get(LineStopRepository);
    await expect(database.transaction((session) => stops.assertMaySubmit(session, job.id))).rejects.toMatchObject({
      code: 'line-stopped',
    });
    expect(world.simulator.control.bookTotals().jobs).toBe(1);
    await resolve(stopId);
    await settleAll(world);
    expect(await subscriptionRow(world, id)).toMatchObject({ next: '2027-03-05' });
  });

  it('raising waits for an intent that is being committed, and lets none be committed after it', async () => {
    const id = await subscribe(world, 'races', '2027-01-05');
    await send(world, 'POST', 'kill-switch', { reason: 'plan first' });
    await planOn(world, '2027-01-05');
    const [job] = (await world.get('bulk-payment-jobs?limit=1')).body.items;
    const stops = world.service.app.get(LineStopRepository);
    let raising: Promise<string> = Promise.resolve('');
    let isRaised = false;
    const intent = (session: SqlSession) => stops.assertMaySubmit(session, job.id);
    await whileOpen(database, intent, async () => {
      raising = plant(id).finally(() => (isRaised = true));
      await until('raising waits for the lock', async () => {
        const waiting = await database.rows("SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND NOT granted");
        return waiting.length > 0 || undefined;
      });
      expect(isRaised).toBe(false);
    });
    await raising;
    await expect(database.transaction((session) => stops.assertMaySubmit(session, job.id))).rejects.toMatchObject({
      code: 'line-stopped',
    });
  });

  it('is put to a second person as what it is, where it parks neither a job nor a subscription', async () => {
    const [stop] = await database.rows<{ id: string }>(
      `INSERT INTO line_stop (kind, violation, evidence, raised_at)
       VALUES ('refund-not-made', 'refund 7 was none', '{}', $1) RETURNING id`,
      [world.clock.now()],
    );
    const { body } = await send(world, 'POST', `line-stops/${stop?.id}/resolve`, { reason: 'looked into' });
    expect(body.summary).toBe(`Resolve line stop ${stop?.id} (refund-not-made): refund 7 was none`);
  });

  it('is resolved once, with a reason, by whom the stop tells', async () => {
    const id = await subscribe(world, 'resolved', '2027-01-05');
    const stopId = await plant(id);
    expect((await resolve(stopId, {})).status).toBe(400);
    expect(await resolve(stopId, undefined, ifMatch({ version: '1' }))).toMatchObject(VERSION_CONFLICT);
    const asking = () => send(world, 'POST', `line-stops/${stopId}/resolve`, { reason: 'looked into' });
    const answers = await Promise.all([asking(), asking(), asking()]);
    expect(answers.map(({ status }) => status).sort()).toEqual([202, 409, 409]);
    expect((await world.get(`line-stops/${stopId}`)).body).toMatchObject({ state: 'Open', resolution: null });
    const asked = answers.find(({ status }) => status === 202) as JsonAnswer;
    const agreeing = await Promise.all([agreed(world, asked), agreed(world, asked)]);
    expect(agreeing.map(({ status }) => status).sort()).toEqual([200, 409]);
    expect((await world.get(`line-stops/${stopId}`)).body).toMatchObject({
      state: 'Resolved',
      resolution: { by: ADMIN_ACTOR, reason: expect.stringMatching(/^looked into; approved by/) },
    });
    expect((await resolve(stopId)).body.code).toBe('state-conflict');
    expect((await resolve('99999')).status).toBe(404);
    expect((await world.get('line-stops/99999')).body.code).toBe('line-stop-not-found');
    expect((await world.get('line-stops?kind=nothing')).status).toBe(400);
    expect((await world.get(`line-stops?subscriptionId=${id}`)).body.items).toHaveLength(1);
    expect(await metricOf(world, 'line_stops_open')).toBe(0);
  });

  /** A stop that parks a subscription, raised as the checks raise theirs. @returns its id */
  async function plant(subscriptionId: string): Promise<string> {
    const stops = world.service.app.get(LineStopRepository);
    const violations = {
      sql: `SELECT 'period-paid-twice' AS kind, NULL::bigint AS bulk_payment_job_id, $1::bigint AS subscription_id,
        'planted' AS violation, '{"periodStartOn": "2027-01-05", "payments": []}'::jsonb AS evidence`,
      parameters: [subscriptionId],
    };
    await database.transaction((session) => stops.raise(session, violations, 'test', world.clock.now()));
    const [stop] = await stops.list({ subscriptionId, limit: 1 });
    return stop?.id ?? '';
  }
});
