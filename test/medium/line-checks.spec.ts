import { GatewayContradictions } from '../../src/bulk-payment/checks/gateway-contradictions';
import { BulkPaymentJobRepository, LineChecks } from '../../src/bulk-payment';
import { CHECKS_BY_POSITION } from '../../src/bulk-payment/checks/line-checks';
import { CHARGED_TWICE_SQL } from '../../src/bulk-payment/checks/line-checks.sql';
import { LineStops, type LineStopKind } from '../../src/line-stop';
import type { SqlSession } from '../../src/platform/database';
import { answersOf } from '../support/result-answers';
import { fileBytes, goodFile } from '../support/result-file-model';
import { MERCHANT_ID, ResultWorld, STAGES, type VerifiedJob } from '../support/result-world';
import { until } from '../support/until';
import { whileOpen } from '../support/while-open';

/** What holds the rows right, so that the checks have nothing to find. */
const HELD = `
  DROP INDEX settlement_transaction_once;
  DROP INDEX settlement_charge_once;
  ALTER TABLE bulk_payment_job DROP CONSTRAINT bulk_payment_job_amounts_add_up`;

const STANDING = `
  INSERT INTO billing_token (token_hash, ciphertext, key_id, created_at) VALUES (sha256('t'), '\\x01', 'test', $1);
  INSERT INTO product (store_product_id, name, amount, carrier_amount, credit_card_amount, tmembership_amount, created_at)
  VALUES ('p', 'TV', 5500, 5500, 0, 0, $1)`;

/** Of a customer with a billing token of their own. */
const SUBSCRIPTION = `
  WITH token AS (
    INSERT INTO billing_token (token_hash, ciphertext, key_id, created_at)
    VALUES (sha256(convert_to($1, 'UTF8')), '\\x01', 'test', $2) ON CONFLICT DO NOTHING)
  INSERT INTO subscription (customer_reference, product_id, billing_token_hash, state, started_on, anchor_day,
    next_billing_on, created_at)
  VALUES ($1, 1, sha256(convert_to($1, 'UTF8')), 'Active', '2027-01-05', 5, '2027-02-05', $2) RETURNING id`;

const CHARGE = `
  INSERT INTO charge (order_no, bulk_payment_job_id, line_number, subscription_id, period_start_on, attempt,
    store_product_id, product_name, amount, carrier_amount, credit_card_amount, tmembership_amount, billing_token_hash,
    created_at)
  SELECT $1, $2, (SELECT max(line_number) + 1 FROM charge WHERE bulk_payment_job_id = $2), $3,
    CASE WHEN $3::bigint IS NOT NULL THEN $4::date END,
    CASE WHEN $3::bigint IS NOT NULL THEN
      (SELECT count(*) + 1 FROM charge WHERE subscription_id = $3 AND period_start_on = $4) END,
    'p', 'TV', 5500, 5500, 0, 0, sha256('t'), $5`;

const SETTLEMENT = `
  INSERT INTO settlement (position, charge_id, subscription_id, period_start_on, kind, amount, transaction_id, result_code,
    result_message, bulk_payment_job_id, result_line_number, refund_id, settled_at)
  SELECT nextval('settlement_position'), id, subscription_id, period_start_on, $2, $3, $4, '', 'planted',
    bulk_payment_job_id, CASE WHEN $5::bigint IS NULL THEN line_number END, $5, $6
  FROM charge WHERE order_no = $1`;

const FOUND_TWICE = `
  INSERT INTO discrepancy (bulk_payment_job_id, kind, charge_id, order_no, line_number, found, created_at)
  SELECT bulk_payment_job_id, 'duplicate', id, order_no, 1000 * id + n,
    jsonb_build_object('resultCode', '0000', 'transactionId', transaction_id), $3
  FROM charge, unnest($2::text[]) WITH ORDINALITY AS line (transaction_id, n) WHERE order_no = $1`;

interface Charged {
  orderNo: string;
  subscriptionId: string | null;
}

/** What is to be found, as `kind parks …`: a subscription's or a job's id. */
type Expected = `${LineStopKind} parks ${'subscription' | 'job'} ${string}`;

const DAY_SECONDS = 86_400;

const LOOKUP = `
  INSERT INTO transaction_lookup (gateway, transaction_id, answer, found, actor, at)
  VALUES ('tstore', $1, $2, $3, 'test', $4)`;

describe('each check, on rows as they must not be and on their neighbours', () => {
  let world: ResultWorld;
  let settled: VerifiedJob;
  let job: VerifiedJob;
  let names = 0;
  let lastStop = '0';

  beforeAll(async () => {
    world = await ResultWorld.start();
    for (const sql of HELD.split(';')) await world.database.execute(sql);
    for (const sql of STANDING.split(';')) await world.database.execute(sql, [world.clock.now()]);
    settled = await settledJob();
    job = await world.verifiedJob(answersOf('any-', 1));
  });

  afterAll(() => world.close());

  const named = (): string => `c-${(names += 1)}`;

  async function subscribed(customer = named()): Promise<string> {
    const [row] = await world.database.rows<{ id: string }>(SUBSCRIPTION, [customer, world.clock.now()]);
    return row?.id ?? '';
  }

  /** Another attempt, where the period has one already. */
  async function charge(subscriptionId: string | null, periodStartOn = '2027-01-05', of = job): Promise<Charged> {
    const orderNo = named();
    await world.database.execute(CHARGE, [orderNo, of.id, subscriptionId, periodStartOn, world.clock.now()]);
    return { orderNo, subscriptionId };
  }

  async function settle(
    { orderNo }: Charged,
    kind: 'paid' | 'declined' | 'partially-refunded',
    { transactionId = `T-${orderNo}` as string | null, amount = 5_500, refundId = null as string | null } = {},
  ): Promise<void> {
    const now = world.clock.now();
    await world.database.execute(SETTLEMENT, [orderNo, kind, amount, transactionId, refundId, now]);
  }

  async function paid(subscriptionId: string | null, transactionId?: string): Promise<Charged> {
    const charged = await charge(subscriptionId);
    await settle(charged, 'paid', { transactionId: transactionId ?? `T-${charged.orderNo}` });
    return charged;
  }

  /** As reconciliation does with what it found in a job's result. */
  function reconciled({ id }: VerifiedJob): Promise<boolean> {
    const violations = { sql: CHARGED_TWICE_SQL, parameters: [id, '0000'] };
    return inTransaction((session) => world.service.app.get(LineStops).raise(session, violations, 'test'));
  }

  const inTransaction = <T>(work: (session: SqlSession) => Promise<T>): Promise<T> => world.database.transaction(work);

  /** A job that came the whole way. */
  async function settledJob(): Promise<VerifiedJob> {
    const asked = answersOf(`${named()}-`, 3);
    const verified = await world.verifiedJob(asked);
    world.gateway.serve(verified.gatewayJobId, fileBytes(goodFile(MERCHANT_ID, asked)));
    for (const stage of STAGES) await world.run(stage);
    return verified;
  }

  /** How to do what a check looks for, next to what it must let pass; a kind without its fault does not compile. */
  const FAULTS: Readonly<
    Record<
      Exclude<LineStopKind, 'unbillable' | 'refund-not-made' | 'deposit-taken-back'> | 'payment-refunded-too-much',
      () => Promise<Expected[]>
    >
  > = {
    'charged-twice': async () => {
      const [twice, lineTwice] = [await charge(await subscribed()), await charge(await subscribed())];
      await world.database.execute(FOUND_TWICE, [twice.orderNo, ['T-1', 'T-2'], world.clock.now()]);
      await world.database.execute(FOUND_TWICE, [lineTwice.orderNo, ['T-3', 'T-3'], world.clock.now()]);
      await reconciled(job);
      await reconciled(job);
      return [`charged-twice parks subscription ${twice.subscriptionId}`];
    },
    'period-paid-twice': async () => {
      const [twice, retried] = [await subscribed(), await subscribed()];
      await paid(twice);
      await paid(twice);
      await settle(await charge(retried), 'declined', { transactionId: null });
      await paid(retried);
      return [`period-paid-twice parks subscription ${twice}`];
    },
    'customer-charged-twice': async () => {
      const [one, other] = [await subscribed('KIM-1'), await subscribed('kim\u20101')];
      const [alone, unpaid] = [await subscribed('KIM-2'), await subscribed('kim-2')];
      for (const id of [one, other, alone]) await paid(id);
      await settle(await charge(unpaid), 'declined', { transactionId: null });
      return [`customer-charged-twice parks subscription ${other}`];
    },
    'transaction-settled-twice': async () => {
      const [one, other] = [await subscribed(), await subscribed()];
      await paid(one, 'SHARED');
      await paid(other, 'SHARED');
      await paid(await subscribed(), 'OWN');
      return [one, other].map((id): Expected => `transaction-settled-twice parks subscription ${id}`);
    },
    'declined-with-transaction': async () => {
      const named = await charge(null);
      await settle(named, 'declined');
      await settle(await charge(null), 'declined', { transactionId: null });
      return [`declined-with-transaction parks job ${job.id}`];
    },
    'paid-after-all': async () => {
      const [seen, givenBack, gone] = [await charge(null), await charge(null), await charge(null)];
      for (const [{ orderNo }, answer, isRefunded] of [
        [seen, 'not-found', false],
        [seen, 'found', false],
        [givenBack, 'found', true],
        [gone, 'found', false],
        [gone, 'not-found', false],
      ] as const) {
        const found = answer === 'found' ? { amount: 5_500, isRefunded } : null;
        await world.database.execute(LOOKUP, [`T-${orderNo}`, answer, found, world.clock.now()]);
      }
      for (const ended of [seen, givenBack, gone]) await settle(ended, 'declined');
      const named = Array<Expected>(3).fill(`declined-with-transaction parks job ${job.id}`);
      return [`paid-after-all parks job ${job.id}`, ...named];
    },
    'refunded-too-much': async () => {
      const [tooMuch, all] = [await paid(await subscribed()), await paid(await subscribed())];
      await settle(tooMuch, 'partially-refunded', { refundId: '1' });
      await settle(tooMuch, 'partially-refunded', { refundId: '2', amount: 1 });
      await settle(all, 'partially-refunded', { refundId: '3' });
      return [`refunded-too-much parks subscription ${tooMuch.subscriptionId}`];
    },
    'payment-refunded-too-much': async () => {
      const [one, other] = [await paid(await subscribed(), 'CLAIMED'), await paid(await subscribed(), 'CLAIMED')];
      const neighbour = await paid(await subscribed(), 'CLAIMED-NOT');
      for (const [at, charged] of [one, other].entries()) {
        await settle(charged, 'partially-refunded', { refundId: `1${at}`, amount: 3_000, transactionId: 'CLAIMED' });
      }
      const refund = { refundId: '12', amount: 3_000, transactionId: 'CLAIMED-NOT' };
      await settle(neighbour, 'partially-refunded', refund);
      return [one, other].flatMap(({ subscriptionId }): Expected[] => [
        `transaction-settled-twice parks subscription ${subscriptionId}`,
        `refunded-too-much parks subscription ${subscriptionId}`,
      ]);
    },
    'numbers-differ': async () => {
      const changed = await settledJob();
      await settledJob();
      await world.database.execute('UPDATE bulk_payment_job SET paid_amount = paid_amount + 1 WHERE id = $1', [
        changed.id,
      ]);
      return [`numbers-differ parks job ${changed.id}`];
    },
    'gateway-contradicts': async () => {
      const contradictions = world.service.app.get(GatewayContradictions);
      const [other, same] = [
        await world.verifiedJob(answersOf(`${named()}-`, 1)),
        await world.verifiedJob(answersOf(`${named()}-`, 1)),
      ];
      for (const [{ id }, gatewayJobId] of [
        [other, 'ANOTHER'],
        [other, 'ANOTHER'],
        [same, same.gatewayJobId],
      ] as const) {
        const known = await world.service.app.get(BulkPaymentJobRepository).find(id);
        if (known === undefined) throw new Error(`no job ${id}`);
        await inTransaction(async (session) => {
          await contradictions.raise(session, known, { gatewayJobId, from: 'test' });
        });
      }
      return [`gateway-contradicts parks job ${other.id}`];
    },
  };

  /** Looks at all rows there are, as one does who has never looked. */
  async function lookAtAll(): Promise<void> {
    await world.database.execute('UPDATE line_check SET position = 0');
    await world.database.execute('UPDATE bulk_payment_job SET numbers_checked_at = NULL');
    const checks = world.service.app.get(LineChecks);
    await until('all is looked at', async () => ((await checks.runOnce()).done === 0 ? true : undefined));
  }

  /** The stops that are new since this was asked last. */
  async function raised(): Promise<string[]> {
    const rows = await world.database.rows<{ id: string; found: string }>(
      `SELECT id, format('%s parks %s %s', kind, CASE WHEN subscription_id IS NULL THEN 'job' ELSE 'subscription' END,
         coalesce(subscription_id, bulk_payment_job_id)) AS found
       FROM line_stop WHERE id > $1 ORDER BY id`,
      [lastStop],
    );
    lastStop = rows.at(-1)?.id ?? lastStop;
    return rows.map(({ found }) => found).sort();
  }

  it.each(Object.entries(FAULTS))('%s: raised once, for the row that is wrong alone', async (_name, make) => {
    await lookAtAll();
    expect(await raised()).toEqual([]);
    const expected = await make();
    await lookAtAll();
    expect(await raised()).toEqual([...expected].sort());
    await lookAtAll();
    expect(await raised()).toEqual([]);
  });

  it('raises nothing of a payment beside a job that is brought back while it looks', async () => {
    const [brought, subscriptionId] = [await world.verifiedJob(answersOf(`${named()}-`, 1)), await subscribed()];
    await charge(subscriptionId, '2027-01-05', brought);
    await inTransaction(async (session) => {
      // Past the triggers, which would have it come the whole way.
      await session.execute("SET LOCAL session_replication_role = 'replica'");
      await session.execute(
        `UPDATE bulk_payment_job SET state = 'Failed', failure_reason = 'planted', failed_at = now(),
           completed_at = NULL, verified_at = NULL
         WHERE id = $1`,
        [brought.id],
      );
    });
    const known = await world.service.app.get(BulkPaymentJobRepository).find(brought.id);
    if (known === undefined) throw new Error(`no job ${brought.id}`);
    const heard = { gatewayJobId: brought.gatewayJobId, from: 'test' };
    await inTransaction(async (session) => {
      await world.service.app.get(GatewayContradictions).raise(session, known, heard);
    });
    await lookAtAll();
    await raised();
    await paid(subscriptionId);

    let looking: Promise<unknown> | undefined;
    const found = (session: SqlSession) =>
      session.execute(
        "UPDATE bulk_payment_job SET state = 'Processing', failed_at = NULL, failure_reason = NULL WHERE id = $1",
        [brought.id],
      );
    await whileOpen(world.database, found, async () => {
      looking = world.service.app.get(LineChecks).runOnce();
      const waiting = "SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'";
      const isWaiting = until('the check waits for the job', async () => (await world.database.rows(waiting))[0]);
      await Promise.race([isWaiting, looking]);
    });
    await looking;
    expect(await raised()).toEqual([]);
  });

  it('looks at the numbers of a job that was settled long before anybody looked', async () => {
    world.clock.advanceSeconds(40 * DAY_SECONDS);
    await lookAtAll();
    const [row] = await world.database.rows<{ isSeen: boolean }>(
      'SELECT settled_at < numbers_checked_at AS "isSeen" FROM bulk_payment_job WHERE id = $1',
      [settled.id],
    );
    expect(row).toEqual({ isSeen: true });
  });

  it('has a place in the log for each check, from which it goes on', async () => {
    const [latest] = await world.database.rows<Record<string, string>>(
      `SELECT (SELECT max(position) FROM settlement) AS settlement,
         (SELECT coalesce(max(id), 0) FROM transaction_lookup) AS transaction_lookup`,
    );
    const places = await world.database.rows<{ name: string }>('SELECT name, position FROM line_check ORDER BY name');
    const checks = [...CHECKS_BY_POSITION].map(([name, { source }]) => ({ name, position: latest?.[source] }));
    expect(places).toEqual(checks.sort((one, other) => one.name.localeCompare(other.name)));
  });
});
