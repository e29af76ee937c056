import { Database } from '../../src/platform/database';
import { BillingRunDecisions } from '../../src/billing-run';
import { startWorld, type BillingWorld, type JsonAnswer, type JsonBody } from '../support/billing-world';
import {
  VERSION_CONFLICT,
  agreed,
  historyOf,
  ifMatch,
  moveTo,
  send,
  settleAll,
  subscribe,
  subscriptionRow,
} from '../support/subscribers';
import { until } from '../support/until';

const GUARD = {
  BILLING_RUN_CONFIRM_FACTOR: '2',
  BILLING_RUN_CONFIRM_MIN_CHARGES: '3',
  BILLING_RUN_CONFIRM_MIN_WON: '100000',
};

const BOSS = { actor: 'test', owner: 'boss@example.com', keyId: null, role: 'manager' };

describe('billing runs over the admin API', () => {
  let world: BillingWorld;
  let database: Database;

  beforeAll(async () => {
    world = await startWorld({ simulator: { declineRate: 0 }, environment: { ...GUARD, BULK_JOB_MAX_ROWS: '4' } });
    database = world.service.app.get(Database);
  });

  afterAll(() => world.close());

  async function subscribeMany(name: string, count: number, startedOn: string): Promise<string[]> {
    const ids: string[] = [];
    for (let index = 0; index < count; index++) ids.push(await subscribe(world, `${name}-${index}`, startedOn));
    return ids;
  }

  function open(date: string): Promise<JsonAnswer> {
    moveTo(world, date);
    return send(world, 'POST', 'billing-runs', { date });
  }

  async function jobsOf(runId: string): Promise<JsonBody[]> {
    return (await world.get(`billing-runs/${runId}`)).body.jobs;
  }

  /** Every row of every table that a run could touch. */
  async function everything(): Promise<unknown> {
    const tables = ['billing_run', 'billing_run_history', 'bulk_payment_job', 'charge', 'subscription_history'];
    return Promise.all([
      ...tables.map((table) => database.rows(`SELECT count(*), max(id) FROM ${table}`)),
      database.rows('SELECT xmin::text, ctid::text, * FROM subscription ORDER BY id'),
      database.rows('SELECT last_value, is_called FROM charge_id_seq'),
    ]);
  }

  it('open once for a date, however many ask at once, and never before the day', async () => {
    await subscribeMany('first', 2, '2027-01-05');
    expect((await send(world, 'POST', 'billing-runs', { date: '2027-01-05' })).status).toBe(400);
    moveTo(world, '2027-01-05');
    const answers = await Promise.all(
      Array.from({ length: 5 }, () => send(world, 'POST', 'billing-runs', { date: '2027-01-05' })),
    );
    expect(answers.map((answer) => answer.status).sort()).toEqual([200, 200, 200, 200, 201]);
    expect(new Set(answers.map((answer) => answer.body.id)).size).toBe(1);
    expect(answers[0]?.body).toMatchObject({ state: 'Planned', planned: { count: 2, amount: 11_000 }, jobCount: 1 });
    await settleAll(world);
    const { body } = await world.get('billing-runs');
    expect(body.items.map((run: JsonBody) => run.billingDate)).toEqual(['2027-01-05']);
    expect((await world.get('billing-runs/999')).body.code).toBe('billing-run-not-found');
  });

  it('show what they would bill and how that differs from a month before, without writing anything', async () => {
    const [gone = '', changed = ''] = (
      await database.rows<{ id: string }>(`SELECT id FROM subscription ORDER BY id LIMIT 2`)
    ).map((row) => row.id);
    await send(world, 'POST', `subscriptions/${gone}/cancel`, { when: 'now' });
    const price = { amount: 7_700, carrierAmount: 7_700, creditCardAmount: 0, tmembershipAmount: 0 };
    await send(world, 'PATCH', `subscriptions/${changed}`, { priceOverride: price });
    const [added] = await subscribeMany('new', 1, '2027-02-05');
    const before = await everything();
    const { status, body } = await send(world, 'POST', 'billing-runs/dry-run', { date: '2027-02-05', lines: 1 });
    expect(status).toBe(200);
    expect(body).toMatchObject({
      existingRunId: null,
      total: { count: 2, amount: 13_200 },
      retries: { count: 0, amount: 0 },
      confirmationReason: null,
      firstCharges: [{ orderNo: `B20270205-${changed}-1`, amount: 7_700, customerReference: 'first-1' }],
      differences: {
        comparedWith: { billingDate: '2027-01-05', count: 2, amount: 11_000 },
        new: { count: 1, amount: 5_500 },
        gone: { count: 1, amount: 5_500 },
        changed: { count: 1, difference: 2_200 },
      },
    });
    expect(await everything()).toEqual(before);
    expect((await open('2027-02-05')).body).toMatchObject({ planned: body.total });
    await settleAll(world);
    expect(await subscriptionRow(world, added as string)).toMatchObject({ next: '2027-03-05' });
  });

  it('beyond the usual send nothing until somebody confirms, and of several who do, one did', async () => {
    const ids = await subscribeMany('crowd', 9, '2027-02-20');
    const { body: run } = await open('2027-02-20');
    expect(run).toMatchObject({ state: 'AwaitingConfirmation', planned: { count: 9 }, jobCount: 3 });
    expect(run.confirmationReason).toContain('9 charges, 49,500 won; the usual of 2 runs is 2 charges');
    await database.rows("SELECT pg_notify('billing_wake', '')");
    for (const job of await jobsOf(run.id)) {
      expect(job).toMatchObject({ state: 'Created', heldBy: `billing run ${run.id} awaits confirmation` });
    }
    expect((await send(world, 'POST', `billing-runs/${run.id}/confirm`, {})).status).toBe(400);
    // Nor does who opened it.
    const own = await send(world, 'POST', `billing-runs/${run.id}/confirm`, { reason: 'a campaign' });
    expect(own).toMatchObject({ status: 409, body: { code: 'second-person-required' } });
    const [waiting] = (await world.get('approvals?kind=billing-run&state=Waiting')).body.items;
    expect(waiting).toMatchObject({ subjectId: run.id, count: 9, amount: 49_500, expiresAt: null });
    const decisions = world.service.app.get(BillingRunDecisions);
    const outcomes = await Promise.allSettled([
      ...Array.from({ length: 4 }, () => decisions.confirm(run.id, { by: BOSS, reason: 'a campaign' })),
    ]);
    expect(outcomes.filter((outcome) => outcome.status === 'fulfilled')).toHaveLength(1);
    expect((await send(world, 'POST', `billing-runs/${run.id}/reject`, { reason: 'late' })).status).toBe(409);
    await settleAll(world);
    expect(await subscriptionRow(world, ids[8] as string)).toMatchObject({ next: '2027-03-20' });
    const { body } = await world.get(`billing-runs/${run.id}`);
    expect(body.state).toBe('Confirmed');
    expect(body.history.map((entry: JsonBody) => [entry.fromState, entry.toState])).toEqual([
      [null, 'Planned'],
      ['Planned', 'AwaitingConfirmation'],
      ['AwaitingConfirmation', 'Confirmed'],
    ]);
    await database.rows("UPDATE subscription SET state = 'Canceled' WHERE customer_reference LIKE 'crowd%'");
  });

  it('that are held can’t be marked as sent, whatever a statement says', async () => {
    await subscribeMany('held', 9, '2027-02-21');
    const { body: run } = await open('2027-02-21');
    const [job] = await jobsOf(run.id);
    await until('its file is written', async () => {
      const { body } = await world.get(`bulk-payment-jobs/${job.id}`);
      return body.requestFile ?? undefined;
    });
    /** Right in everything but that the job may be held. Rolled back: nothing was sent. */
    const markSent = (holdSql: string): Promise<unknown> =>
      database.transaction(async (session) => {
        const marked = await session.execute(
          `UPDATE bulk_payment_job SET state = 'Processing', submission_started_at = planned_at, ver_bulk_pay = '1',
             bid = 'b', notification_url = 'u', callback_token_hash = '\\x00', priority = 'p',
             submitted_line_count = line_count, hold_reason = ${holdSql}
           FROM billing_run WHERE billing_run.id = billing_run_id AND bulk_payment_job.id = $1`,
          [job.id],
        );
        throw new Error(`${marked} job marked as sent`);
      });
    await expect(markSent('hold_reason')).rejects.toThrow('bulk_payment_job_held_is_not_sent');
    await expect(markSent('NULL')).rejects.toThrow('1 job marked as sent');
    await send(world, 'POST', `billing-runs/${run.id}/reject`, { reason: 'tested' });
    await database.rows("UPDATE subscription SET state = 'Canceled' WHERE customer_reference LIKE 'held%'");
  });

  it('too dear wait too; rejected they send nothing, and a job of them is billed only by two persons, once', async () => {
    const price = { amount: 900_000, carrierAmount: 900_000, creditCardAmount: 0, tmembershipAmount: 0 };
    const id = await subscribe(world, 'dear', '2027-02-25');
    await send(world, 'PATCH', `subscriptions/${id}`, { priceOverride: price });
    const sent = world.simulator.control.jobs().length;
    const { body: run } = await open('2027-02-25');
    expect(run).toMatchObject({ state: 'AwaitingConfirmation', planned: { count: 1, amount: 900_000 } });
    const decide = (act: string, version: string) =>
      send(world, 'POST', `billing-runs/${run.id}/${act}`, { reason: 'a wrong price' }, ifMatch({ version }));
    for (const act of ['confirm', 'reject']) expect(await decide(act, '1')).toMatchObject(VERSION_CONFLICT);
    const { version } = (await world.get(`billing-runs/${run.id}`)).body;
    expect((await world.get('billing-runs?state=AwaitingConfirmation')).body.items).toMatchObject([{ id: run.id }]);
    const rejected = await decide('reject', version);
    expect(await decide('confirm', version)).toMatchObject(VERSION_CONFLICT);
    expect(rejected.body.state).toBe('Rejected');
    const [job] = await jobsOf(run.id);
    expect(job).toMatchObject({ state: 'Failed', submission: null, failureReason: 'billing run rejected' });
    await open('2027-02-26');
    expect(await subscriptionRow(world, id)).toMatchObject({ state: 'Active', next: '2027-02-25' });
    const rebill = (): Promise<JsonAnswer> =>
      send(world, 'POST', `bulk-payment-jobs/${job.id}/rebill`, { reason: 'the price was right' });
    const answers = await Promise.all([rebill(), rebill(), rebill()]);
    expect(answers.map((answer) => answer.status).sort()).toEqual([201, 409, 409]);
    // Who rejected the run can't send its jobs one by one instead.
    const { id: anew, heldBy } = answers.find((answer) => answer.status === 201)!.body;
    expect(heldBy).toContain(
      `rebill awaits a second person: billing run ${run.id} was rejected: 1 charge, 900,000 won`,
    );
    const [waiting] = (await world.get(`approvals?kind=job-rebill&subjectId=${anew}`)).body.items;
    expect(waiting).toMatchObject({ state: 'Waiting', amount: 900_000, links: { job: expect.stringMatching(anew) } });
    const alone = await send(world, 'POST', `approvals/${waiting.id}/approve`, { reason: 'the price was right' });
    expect(alone).toMatchObject({ status: 409, body: { code: 'second-person-required' } });
    expect(world.simulator.control.jobs()).toHaveLength(sent);
    expect((await agreed(world, { status: 202, body: waiting })).status).toBe(200);
    await settleAll(world);
    expect(await subscriptionRow(world, id)).toMatchObject({ state: 'Active', next: '2027-03-25' });
    const charges = await database.rows<{ order_no: string }>(
      'SELECT order_no FROM charge WHERE subscription_id = $1 ORDER BY id',
      [id],
    );
    expect(charges.map((charge) => charge.order_no)).toEqual([`B20270225-${id}-1`, `B20270225-${id}-2`]);
    expect((await historyOf(world, id)).slice(-1)).toEqual([`Active > Active: billed again for job ${job.id}`]);
    const settled = answers.find((answer) => answer.status === 201)?.body;
    const again = await send(world, 'POST', `bulk-payment-jobs/${settled.id}/rebill`, { reason: 'once more' });
    expect(again).toMatchObject({ status: 409, body: { code: 'state-conflict' } });
  });

  it('split into jobs by billing group before size', async () => {
    await database.rows("UPDATE subscription SET state = 'Canceled' WHERE state = 'Active'");
    const { items: products } = (await world.get('products')).body;
    const music = products.find((product: JsonBody) => product.storeProductId === '0910024117');
    const grouped = await send(world, 'PATCH', `products/${music.id}`, { billingGroup: 'music' });
    expect(grouped).toMatchObject({ status: 200, body: { billingGroup: 'music' } });
    await subscribe(world, 'video-a', '2027-02-27');
    await subscribe(world, 'music-a', '2027-02-27', { storeProductId: '0910024117' });
    await subscribe(world, 'video-b', '2027-02-27');
    const { body: run } = await open('2027-02-27');
    await settleAll(world);
    const jobs = await jobsOf(run.id);
    expect(jobs.map((job) => [job.billingGroup, job.requested.count, job.state])).toEqual([
      ['', 2, 'VerifiedCompleted'],
      ['music', 1, 'VerifiedCompleted'],
    ]);
  });
});
