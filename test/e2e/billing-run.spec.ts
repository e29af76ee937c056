import { BillingTokenVault } from '../../src/billing-token';
import { billingDateAfter, seoulDate, type SeoulDate } from '../../src/kernel/seoul-calendar';
import { won } from '../../src/kernel/won';
import { Database } from '../../src/platform/database';
import { BillingRunPlanning } from '../../src/billing-run';
import { ProductRepository } from '../../src/product';
import { SubscriptionRepository } from '../../src/subscription';
import { startWorld, type BillingWorld, type JsonBody } from '../support/billing-world';
import { tokenOf } from '../support/request-files';

const PRODUCT = {
  storeProductId: '0910024116',
  name: '동영상 클라우드 어린이TV',
  amount: won(5_500),
  carrierAmount: won(5_500),
  creditCardAmount: won(0),
  tmembershipAmount: won(0),
};

describe('billing runs', () => {
  let world: BillingWorld;
  let database: Database;
  let runs: BillingRunPlanning;

  beforeAll(async () => {
    world = await startWorld({ simulator: { declineRate: 0 }, environment: { BULK_JOB_MAX_ROWS: '4' } });
    database = world.service.app.get(Database);
    runs = world.service.app.get(BillingRunPlanning);
    await subscribe([
      ...Array.from({ length: 9 }, (_, index) => ({
        customer: `early-${index}`,
        startedOn: '2027-01-31',
        anchorDay: 31,
      })),
      { customer: 'later', startedOn: '2027-02-15', anchorDay: 15 },
    ]);
  });

  afterAll(() => world.close());

  async function subscribe(orders: { customer: string; startedOn: string; anchorDay: number }[]): Promise<void> {
    const subscriptions = world.service.app.get(SubscriptionRepository);
    const vault = world.service.app.get(BillingTokenVault);
    const at = new Date();
    await world.service.app.get(ProductRepository).create(PRODUCT, 'merchant', at);
    await database.transaction(async (session) => {
      const tokens = orders.map(({ customer }) => tokenOf(customer));
      await vault.store(session, tokens, at);
      const added = await subscriptions.addSubscriptions(
        session,
        orders.map(({ customer, startedOn, anchorDay }) => ({
          customerReference: customer,
          storeProductId: PRODUCT.storeProductId,
          billingTokenHash: vault.hashOf(tokenOf(customer)),
          startedOn: seoulDate(startedOn),
          anchorDay,
          intervalMonths: 1,
        })),
        at,
      );
      expect(added).toBe(orders.length);
    });
  }

  async function settleAll(): Promise<JsonBody[]> {
    const { body } = await world.get('bulk-payment-jobs?limit=1000');
    return Promise.all(body.items.map((job: { id: string }) => world.settled(job.id)));
  }

  function subscriptionsOf(customer: string): Promise<{ state: string; next: string; paid_through: string | null }[]> {
    return database.rows(
      `SELECT state, next_billing_on::text AS next, paid_through_on::text AS paid_through
       FROM subscription WHERE customer_reference LIKE $1 ORDER BY id`,
      [customer],
    );
  }

  it('is opened once for a date, whoever asks and however often at once', async () => {
    const planned = await Promise.all(Array.from({ length: 8 }, () => runs.plan(seoulDate('2027-01-31'))));
    const opened = planned.filter((run) => run !== undefined);
    expect(opened).toHaveLength(1);
    expect(opened[0]).toMatchObject({ chargeCount: 9, totalAmount: 49_500, jobCount: 3 });
    const charges = await database.rows<{ order_no: string }>('SELECT order_no FROM charge ORDER BY id');
    expect(charges).toHaveLength(9);
    expect(charges[0]?.order_no).toMatch(/^B20270131-\d+-1$/);
  });

  it('has one charge for a period and attempt, and one for an order number, by keys of the database', async () => {
    const again = (orderNoSql: string, attemptSql: string): Promise<number> =>
      database.execute(
        `INSERT INTO charge (order_no, bulk_payment_job_id, line_number, subscription_id, period_start_on, attempt,
           store_product_id, product_name, amount, carrier_amount, credit_card_amount, tmembership_amount,
           billing_token_hash, created_at)
         SELECT ${orderNoSql}, bulk_payment_job_id, 9999, subscription_id, period_start_on, ${attemptSql},
           store_product_id, product_name, amount, carrier_amount, credit_card_amount, tmembership_amount,
           billing_token_hash, created_at
         FROM charge ORDER BY id LIMIT 1`,
      );
    await expect(again("order_no || 'x'", 'attempt')).rejects.toThrow('charge_period_attempt_once');
    await expect(again('order_no', 'attempt + 1::smallint')).rejects.toThrow('charge_order_no_once');
  });

  it('splits what is due into jobs, each billed and settled', async () => {
    const jobs = await settleAll();
    expect(jobs.map((job) => job.requested.count).sort()).toEqual([1, 4, 4]);
    expect(jobs.every((job) => job.state === 'VerifiedCompleted')).toBe(true);
    expect(world.simulator.control.bookTotals()).toMatchObject({ chargedCount: 9, chargedAmount: 49_500 });
  });

  it('moves what was paid one period on, from the anchor, and nothing else', async () => {
    const paid = await subscriptionsOf('early-%');
    expect(new Set(paid.map((row) => JSON.stringify(row)))).toEqual(
      new Set([JSON.stringify({ state: 'Active', next: '2027-02-28', paid_through: '2027-02-28' })]),
    );
    expect(await subscriptionsOf('later')).toEqual([{ state: 'Active', next: '2027-02-15', paid_through: null }]);
  });

  it('catches up a day that was missed, and bills no period twice while its result is on the way', async () => {
    const run = await runs.plan(seoulDate('2027-02-20'));
    expect(run).toMatchObject({ chargeCount: 1, jobCount: 1 });
    const again = await runs.plan(seoulDate('2027-02-21'));
    expect(again).toMatchObject({ chargeCount: 0, totalAmount: 0, jobCount: 0 });
    await settleAll();
    expect(await subscriptionsOf('later')).toEqual([
      { state: 'Active', next: '2027-03-15', paid_through: '2027-03-15' },
    ]);
  });

  it('makes a declined subscription past due, and leaves its period unpaid', async () => {
    await subscribe([{ customer: 'broke', startedOn: '2027-02-22', anchorDay: 22 }]);
    const [{ id } = { id: '' }] = await database.rows<{ id: string }>(
      "SELECT id FROM subscription WHERE customer_reference = 'broke'",
    );
    world.simulator.control.follow({ declineOrderNos: [`B20270222-${id}-1`] });
    await runs.plan(seoulDate('2027-02-22'));
    await settleAll();
    expect(await subscriptionsOf('broke')).toEqual([{ state: 'PastDue', next: '2027-02-22', paid_through: null }]);
    const history = await database.rows<{ to_state: string }>(
      'SELECT to_state FROM subscription_history WHERE subscription_id = $1 ORDER BY id',
      [id],
    );
    expect(history.map((entry) => entry.to_state)).toEqual(['Active', 'PastDue']);
  });

  it('comes back to the 31st after a short month', async () => {
    await runs.plan(seoulDate('2027-02-28'));
    await settleAll();
    expect((await subscriptionsOf('early-0'))[0]).toMatchObject({ next: '2027-03-31', paid_through: '2027-03-31' });
  });

  it('counts months in SQL as the kernel does', async () => {
    const cases: [SeoulDate, number, number][] = [];
    for (const from of ['2027-01-31', '2028-01-31', '2027-12-30', '2028-02-29', '2099-11-15'].map(seoulDate)) {
      for (const months of [0, 1, 2, 12, 13, 25])
        for (const anchor of [1, 28, 29, 30, 31]) cases.push([from, months, anchor]);
    }
    const rows = await database.rows<{ date: string }>(
      `SELECT billing_date_after(item.from_date, item.months, item.anchor)::text AS date
       FROM unnest($1::date[], $2::int[], $3::int[]) WITH ORDINALITY AS item (from_date, months, anchor, n) ORDER BY n`,
      [cases.map(([from]) => from), cases.map(([, months]) => months), cases.map(([, , anchor]) => anchor)],
    );
    expect(rows.map((row) => row.date)).toEqual(
      cases.map(([from, months, anchor]) => billingDateAfter(from, months, anchor)),
    );
  });

  it('leaves evidence nobody can change', async () => {
    for (const table of ['charge', 'settlement', 'bulk_payment_job_history', 'subscription_history']) {
      await expect(database.execute(`DELETE FROM ${table}`)).rejects.toThrow(/append-only/);
    }
    await expect(database.execute("UPDATE settlement SET kind = 'paid'")).rejects.toThrow(/append-only/);
    const [job] = await database.rows<{ id: string }>('SELECT id FROM bulk_payment_job LIMIT 1');
    await expect(
      database.execute('UPDATE bulk_payment_job SET paid_count = paid_count + 1 WHERE id = $1', [job?.id]),
    ).rejects.toThrow(/bulk_payment_job_counts_add_up/);
    await expect(
      database.execute("UPDATE bulk_payment_job SET state = 'Created' WHERE id = $1", [job?.id]),
    ).rejects.toThrow(/_tied/);
  });
});
