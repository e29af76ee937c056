import { Client } from 'pg';
import { ChargeSettlement } from '../../src/charge';
import { seoulDateAt } from '../../src/kernel/seoul-calendar';
import { Database, type SqlSession } from '../../src/platform/database';
import { startWorld, type BillingWorld, type JsonBody } from '../support/billing-world';
import { requestFile } from '../support/request-files';
import { billOn, send, subscribe } from '../support/subscribers';
import { until } from '../support/until';
import { whileOpen } from '../support/while-open';

describe('readers of the settlement log', () => {
  let world: BillingWorld;
  let batch = 0;

  beforeAll(async () => {
    world = await startWorld({ simulator: { declineRate: 0.3 } });
  });

  afterAll(() => world.close());

  async function settledUpload(count = 10): Promise<JsonBody> {
    const { body } = await world.upload(requestFile(count, `log${++batch}-`));
    return world.settled(body.id);
  }

  async function readFrom(after: string, limit = 4): Promise<JsonBody[]> {
    const items: JsonBody[] = [];
    for (let position = after; ;) {
      const { body } = await world.get(`settlement-log?after=${position}&limit=${limit}`);
      items.push(...body.items);
      position = body.nextAfter;
      if (!body.hasMore) return items;
    }
  }

  const lastPosition = async () => (await readFrom('0', 1_000)).at(-1)?.position ?? '0';

  it('tells each charge’s end once, in order, from any position', async () => {
    const before = await lastPosition();
    const job = await settledUpload(11);
    const entries = await readFrom(before);
    expect(entries.map((entry) => entry.orderNo).sort()).toEqual(
      Array.from({ length: 11 }, (_, index) => `log${batch}-${index}`).sort(),
    );
    const positions = entries.map((entry) => Number(entry.position));
    expect(positions).toEqual([...positions].sort((one, other) => one - other));
    expect(await readFrom(entries[6].position)).toEqual(entries.slice(7));
    for (const { orderNo, kind, amount, transactionId, bulkPaymentJobId, delivery } of entries) {
      const [booked] = await world.simulator.control.bookOfOrder(orderNo);
      expect({ transactionId, amount, bulkPaymentJobId }).toEqual({
        transactionId: booked?.tid ?? null,
        amount: booked?.amount,
        bulkPaymentJobId: job.id,
      });
      expect(delivery).toBe(kind === 'paid' ? 'Due' : null);
    }
  });

  it('names the subscription and period of what a run billed, which is nothing to deliver', async () => {
    const before = await lastPosition();
    const id = await subscribe(world, 'reader', '2032-03-31');
    await billOn(world, '2032-03-31');
    expect(await readFrom(before)).toMatchObject([
      { subscriptionId: id, periodStartOn: '2032-03-31', orderNo: `B20320331-${id}-1`, delivery: null },
    ]);
  });

  it('shows no position before all smaller ones are there', async () => {
    const { app } = world.service;
    const database = app.get(Database);
    const { body: first } = await world.upload(requestFile(2, `race${++batch}-`));
    const job = await world.settled(first.id);
    const before = await lastPosition();
    // Two charges that no line answered: their outcomes are appended by hand, the later one trying to overtake.
    const charges = await database.rows<{ id: string }>(
      `INSERT INTO charge (order_no, bulk_payment_job_id, line_number, store_product_id, product_name, amount,
         carrier_amount, credit_card_amount, tmembership_amount, billing_token_hash, created_at)
       SELECT 'race-' || line, $1, line, 'p', 'n', 100, 100, 0, 0, billing_token_hash, now()
       FROM charge, generate_series(900, 901) AS line WHERE order_no = $2 RETURNING id`,
      [job.id, `race${batch}-0`],
    );
    const outcome = (chargeId: string | undefined) => ({
      sql: `SELECT $1::bigint AS charge_id, NULL::bigint AS subscription_id, NULL::date AS period_start_on,
        'declined' AS kind, 100::bigint AS amount, 'tstore' AS gateway, NULL::text AS transaction_id, 'x' AS result_code,
        '' AS result_message, $2::bigint AS bulk_payment_job_id, 900 AS result_line_number,
        NULL::bigint AS discrepancy_id, NULL::bigint AS refund_id`,
      parameters: [chargeId, job.id],
    });
    const settlement = app.get(ChargeSettlement);
    let overtaking: Promise<unknown> = Promise.resolve();
    const earlier = (session: SqlSession) => settlement.settle(session, outcome(charges[0]?.id), new Date());
    await whileOpen(database, earlier, async () => {
      overtaking = database.transaction((other) => settlement.settle(other, outcome(charges[1]?.id), new Date()));
      await until('the second waits', async () => {
        const waiting = await database.rows(
          `SELECT FROM pg_locks JOIN pg_database ON pg_database.oid = pg_locks.database
           WHERE locktype = 'advisory' AND NOT granted AND datname = current_database()`,
        );
        return waiting.length > 0 || undefined;
      });
      expect(await readFrom(before)).toEqual([]);
    });
    await overtaking;
    expect((await readFrom(before)).map((entry) => entry.orderNo)).toEqual(['race-900', 'race-901']);
  });

  it.each(['settlement-log?after=-1', 'settlement-log?after=x', 'settlement-log?limit=0', 'deliveries?after=1.5'])(
    '%s is refused',
    async (path) => {
      expect((await world.get(path)).status).toBe(400);
    },
  );

  it('marks paid one-time products for delivery until it is told that they were delivered', async () => {
    const before = await lastPosition();
    await settledUpload();
    const paid = (await readFrom(before)).filter((entry) => entry.kind === 'paid');
    const due = async () => (await world.get(`deliveries?after=${before}`)).body.items;
    expect(await due()).toEqual(paid);
    const [first, second, ...rest] = paid.map((entry) => entry.position);
    const acknowledge = (positions: unknown) => send(world, 'POST', 'deliveries/acknowledge', { positions });
    const noted = { status: 200, body: { acknowledged: 2 } };
    expect(await acknowledge([first, second, first])).toEqual(noted);
    expect(await acknowledge([second, first])).toEqual(noted);
    expect((await due()).map((entry: JsonBody) => entry.position)).toEqual(rest);
    const [again] = (await world.get(`settlement-log?after=${BigInt(first) - 1n}&limit=1`)).body.items;
    expect(again).toMatchObject({ position: first, delivery: 'Delivered' });
  });

  it('notes nothing when one of the positions is nothing to deliver, and names it', async () => {
    const before = await lastPosition();
    await settledUpload();
    const entries = await readFrom(before);
    const paid = entries.find((entry) => entry.kind === 'paid');
    const declined = entries.find((entry) => entry.kind === 'declined');
    const refused = await send(world, 'POST', 'deliveries/acknowledge', {
      positions: [paid.position, declined.position],
    });
    expect(refused).toMatchObject({ status: 400, body: { code: 'not-to-deliver' } });
    expect(refused.body.detail).toContain(`position ${declined.position};`);
    const { body } = await world.get(`deliveries?after=${before}`);
    expect(body.items[0].position).toBe(paid.position);
    for (const positions of [[], ['x'], 'all', undefined]) {
      expect((await send(world, 'POST', 'deliveries/acknowledge', { positions })).status).toBe(400);
    }
  });
});

describe('the numbers of a day', () => {
  let world: BillingWorld;
  let today: string;

  beforeAll(async () => {
    world = await startWorld({ simulator: { declineRate: 0.3 } });
    today = seoulDateAt(world.clock.now());
  });

  afterAll(() => world.close());

  const daily = async () => (await world.get(`reports/daily?from=${today}&to=${today}`)).body;
  const unbalanced = async () => (await world.get(`reports/unbalanced-jobs?from=${today}&to=${today}`)).body.items;

  it('add up over jobs of every end', async () => {
    for (const faults of [[], ['result-amount-altered'], ['result-lines-doubled', 'result-lines-missing']]) {
      for (const kind of faults) world.simulator.control.armFault({ kind: kind as 'result-lines-missing' });
      const { body } = await world.upload(requestFile(10, `day${faults.length}-`));
      await world.settled(body.id);
    }
    world.simulator.control.armFault({ kind: 'submit-refused' });
    const { body: refused } = await world.upload(requestFile(3, 'refused-'));
    expect((await world.settled(refused.id)).state).toBe('Failed');
    const { days, balanced } = await daily();
    expect(balanced).toBe(true);
    expect(days).toMatchObject([
      { day: today, jobs: 4, requested: { count: 33 }, failed: { count: 3 }, balanced: true },
    ]);
    const [day] = days;
    expect(day.missing.count).toBeGreaterThan(0);
    expect(day.quarantined.count).toBeGreaterThan(1);
    const charged = world.simulator.control.bookTotals().chargedAmount;
    expect(day.paid.amount).toBeLessThanOrEqual(charged);
    expect(day.paid.amount + day.missing.amount + day.quarantined.amount).toBeGreaterThanOrEqual(charged);
    expect(await unbalanced()).toEqual([]);
  });

  it('are refused by the database when they do not add up, per job', async () => {
    const client = new Client({ connectionString: world.database.url });
    await client.connect();
    try {
      for (const change of ['paid_count = paid_count + 1', 'declined_amount = declined_amount + 1']) {
        await expect(
          client.query(`UPDATE bulk_payment_job SET ${change} WHERE reconciled_at IS NOT NULL`),
        ).rejects.toThrow(/bulk_payment_job_(counts|amounts)_add_up/);
      }
    } finally {
      await client.end();
    }
  });

  it('show a job that states other numbers than the log, with both', async () => {
    const client = new Client({ connectionString: world.database.url });
    await client.connect();
    try {
      // As whoever turns the rules off and changes rows by hand.
      await client.query(
        `UPDATE bulk_payment_job SET paid_count = paid_count - 1, declined_count = declined_count + 1
         WHERE id = (SELECT min(id) FROM bulk_payment_job WHERE settled_at IS NOT NULL)`,
      );
      const [planted] = await unbalanced();
      expect(planted.logged.paid.count).toBe(planted.stated.paid.count + 1);
      expect(planted.logged.paid.amount).toBe(planted.stated.paid.amount);
      await client.query('ALTER TABLE bulk_payment_job DROP CONSTRAINT bulk_payment_job_counts_add_up');
      await client.query('UPDATE bulk_payment_job SET missing_count = missing_count + 1 WHERE settled_at IS NOT NULL');
      expect(await daily()).toMatchObject({ balanced: false, days: [{ balanced: false }] });
    } finally {
      await client.end();
    }
  });

  it('need two days in order', async () => {
    for (const query of ['', `?from=${today}`, '?from=2026-02-30&to=2026-03-01', '?from=2026-03-02&to=2026-03-01']) {
      expect((await world.get(`reports/daily${query}`)).status).toBe(400);
    }
  });

  it.each(['daily', 'unbalanced-jobs'])('are of a year at most, and say so: %s', async (report) => {
    const days = (to: string) => world.get(`reports/${report}?from=2028-01-01&to=${to}`);
    expect((await days('2028-12-31')).status).toBe(200);
    expect(await days('2029-01-01')).toMatchObject({
      status: 400,
      body: { code: 'invalid-request', faults: [{ field: 'to', expected: 'a day less than 366 days after `from`' }] },
    });
  });
});

describe('the progress of a stage', () => {
  it('is shown while it is at work, and then no more', async () => {
    const world = await startWorld();
    const client = new Client({ connectionString: world.database.url });
    await client.connect();
    try {
      // Whoever holds the log's lock makes the settling wait in the middle of its first batch.
      await client.query('BEGIN');
      await client.query('SELECT pg_advisory_xact_lock(7261543002)');
      const { body: uploaded } = await world.upload(requestFile(7, 'slow-'));
      const job = await until('it is settling', async () => {
        await world.simulator.control.deliverNotifications();
        const { body } = await world.get(`bulk-payment-jobs/${uploaded.id}`);
        return body.progress?.stage === 'settle' ? body : undefined;
      });
      expect(job.progress).toEqual({
        stage: 'settle',
        startedAt: expect.any(String),
        done: 0,
        total: 7,
        ratePerSecond: null,
        remainingSeconds: null,
      });
      await client.query('COMMIT');
      expect(await world.settled(uploaded.id)).toMatchObject({ progress: null });
    } finally {
      await client.end();
      await world.close();
    }
  });
});
