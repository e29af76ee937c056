import { MIGRATIONS } from '../../migrations';
import { migrate } from '../../src/platform/database';
import { startWorld, type BillingWorld } from '../support/billing-world';
import { planOn, send } from '../support/subscribers';
import { createBareDatabase, type TestDatabase } from '../support/test-database';
import { filesOf, readDatabaseOfBefore, restore, rowsOf, type Rows } from './database-of-before';

/** What a migration takes away on purpose. */
const TAKEN_AWAY: Readonly<Record<string, string>> = {
  oauth_token: 'access tokens are kept by account now, and had for the asking',
  settlement_check: 'each line check has a position of its own, in line_check',
};

/** What a migration has given another name. */
const RENAMED: Readonly<Record<string, string>> = { upload_product: 'product_let_go' };

const before = readDatabaseOfBefore();

/** The one charge that a person had closed: that has an end by now, and the settlement log an entry of it. */
const CLOSED = 'u-result-amount-altered-1';
const CLOSING = { resultCode: 'closed-by-decision', resultMessage: 'looked at it', discrepancyId: '7' };
const CLOSED_BY = { ...CLOSING, settledAt: '2027-02-01T01:00:20.994Z', transactionId: expect.any(String) as unknown };

interface List {
  items: { orderNo: string }[];
}

/** What every gateway may do is told of every gateway, and that the kill switch stops payments by one call, too. */
const SAID_ANEW: readonly (readonly [before: RegExp, now: string])[] = [
  [/ask T store how much/g, 'ask the gateway how much'],
  [/refunds that T store made without us/g, 'refunds that the gateway made without us'],
  [/nothing is submitted and nothing refunded/g, 'nothing is submitted, no payment is asked for and nothing refunded'],
];

interface Job {
  id: string;
  standing: string;
}

/** Jobs of which a person has to decide on something. */
const { columns = [], rows: found = [] } = before.tables.discrepancy ?? {};
const UNDECIDED = found.flatMap((row) =>
  row[columns.indexOf('state')] === 'Open' ? [row[columns.indexOf('bulk_payment_job_id')]] : [],
);

interface Subscription {
  actions: string[];
}

/** A subscription may come to be paid by a payment method of another gateway. */
const payableOtherwise = (subscription: Subscription): object => ({
  ...subscription,
  actions: subscription.actions.flatMap((act) => (act === 'billing-token' ? [act, 'payment-method'] : [act])),
});

/** How an answer of before differs on purpose; every other member of it is to be as it was. */
const DIFFERENT: Readonly<Record<string, (answer: List) => object>> = {
  summary: (answer) => {
    const text = SAID_ANEW.reduce((said, [was, now]) => said.replace(was, now), JSON.stringify(answer));
    return JSON.parse(text) as object;
  },
  'bulk-payment-jobs?limit=100': ({ items, ...page }) => ({
    ...page,
    items: (items as unknown as Job[]).map((job) =>
      job.standing === 'settled' && UNDECIDED.includes(job.id)
        ? { ...job, standing: 'settled-with-open-discrepancies' }
        : job,
    ),
  }),
  'subscriptions?limit=100': ({ items, ...page }) => ({
    ...page,
    items: (items as unknown as Subscription[]).map(payableOtherwise),
  }),
  'charges?limit=100': ({ items, ...page }) => ({
    ...page,
    items: items.map((charge) =>
      charge.orderNo === CLOSED
        ? { ...charge, ...CLOSED_BY, state: 'Closed', actions: ['look-up'], settlementPosition: '51' }
        : charge,
    ),
  }),
  'settlement-log?limit=1000': ({ items, ...page }) => ({
    ...page,
    items: [...items, { ...CLOSED_BY, orderNo: CLOSED, kind: 'closed', position: '51' }],
    nextAfter: '51',
  }),
};

/** An answer without what another writing of the same row changes. */
function lasting(answer: unknown): unknown {
  const text = JSON.stringify(answer, (key, value: unknown) => (key === 'version' ? undefined : value));
  return JSON.parse(text) as unknown;
}

/** Rows as text, in an order of their own. */
const sorted = (rows: Rows['rows']): string[] => rows.map((row) => JSON.stringify(row)).sort();

/** Those of before that are not there any more, each as often as it is missed. */
function missing(old: string[], now: string[]): string[] {
  const left = new Map<string, number>();
  for (const row of now) left.set(row, (left.get(row) ?? 0) + 1);
  return old.filter((row) => {
    const count = left.get(row) ?? 0;
    left.set(row, count - 1);
    return count === 0;
  });
}

describe('a database that the service of one gateway has left', () => {
  let database: TestDatabase;
  let world: BillingWorld | undefined;

  const served = (): BillingWorld => {
    if (world === undefined) throw new Error('the service did not start');
    return world;
  };

  let filesOfBefore: Map<string, string>;

  beforeAll(async () => {
    database = await createBareDatabase();
    await restore(database.url, before);
    filesOfBefore = await filesOf(database.url);
    await migrate(database.url, MIGRATIONS);
  });

  afterAll(() => world?.close());

  it('holds something of every kind that a month brings about', () => {
    const kinds = [
      ...['approval', 'audit_entry', 'billing_run', 'billing_token', 'delivery', 'discrepancy', 'line_stop'],
      ...['notification', 'outside_refund', 'product_history', 'refund', 'settlement', 'subscription'],
    ];
    for (const kind of [...kinds, 'transaction_lookup']) {
      expect([kind, before.tables[kind]?.rows.length]).not.toEqual([kind, 0]);
    }
  });

  it.each(Object.entries(before.tables).filter(([name]) => !(name in TAKEN_AWAY)))(
    'has every row of %s as it was',
    async (name, { columns, rows }) => {
      const now = await rowsOf(database.url, RENAMED[name] ?? name, columns);
      expect(missing(sorted(rows), sorted(now))).toEqual([]);
    },
  );

  it('is not rewritten: each table lies where it lay', async () => {
    const now = await filesOf(database.url);
    const moved = [...filesOfBefore].filter(([table, file]) => now.has(table) && now.get(table) !== file);
    expect(moved).toEqual([]);
    for (const large of ['billing_token', 'charge', 'settlement', 'subscription', 'subscription_history']) {
      expect(now.get(large)).toBe(filesOfBefore.get(large));
    }
  });

  it.each(Object.entries(before.views))('says the same in the view %s', async (name, { columns, rows }) => {
    const now = await rowsOf(database.url, name, columns);
    expect(sorted(now)).toEqual(sorted(rows));
  });

  describe('served by the service of today', () => {
    beforeAll(async () => {
      // Its jobs come after those of the gateway of before.
      const options = { simulator: { declineRate: 0, firstJobId: 1_000 }, environment: before.environment };
      world = await startWorld({ ...options, database, startsAt: new Date(before.clock) });
    });

    it.each(Object.entries(before.answers))('answers %s as before', async (path, answer) => {
      const { status, body } = await served().get(path);
      const lasted = lasting(answer);
      const expected = path.startsWith('subscriptions/')
        ? payableOtherwise(lasted as Subscription)
        : (DIFFERENT[path]?.(lasted as List) ?? lasted);
      expect({ status, body: lasting(body) }).toMatchObject({ status: 200, body: expected });
    });

    it('shows what each subscription is paid with, and records what is replaced', async () => {
      const { items } = (await served().get('subscriptions?limit=100')).body;
      expect(items).toHaveLength(before.tables.subscription!.rows.length);
      const ofTstore = {
        id: null,
        gateway: 'tstore',
        gatewayAccount: 'tstore',
        kind: 'billing-token',
        state: 'Active',
      };
      for (const { paymentMethod } of items) expect(paymentMethod).toMatchObject(ofTstore);
      const [{ id, billingTokenHashPrefix }] = items;
      await send(served(), 'PUT', `subscriptions/${id}/billing-token`, { billingToken: 'A'.repeat(64) });
      const { endedMethods } = (await served().get(`subscriptions/${id}`)).body;
      expect(endedMethods).toMatchObject([{ state: 'Replaced', billingTokenHashPrefix }]);
    });

    it('bills the next month', async () => {
      const released = await send(served(), 'DELETE', 'kill-switch', { reason: 'upgraded' });
      expect(released.status).toBe(200);
      await planOn(served(), '2027-02-05');
      const [job] = (await served().get('bulk-payment-jobs?limit=1')).body.items;
      await served().settled(job.id);
      const { body } = await served().get(`bulk-payment-jobs/${job.id}/charges?limit=100`);
      expect(body.items).toContainEqual(
        expect.objectContaining({ customerReference: 'ada', periodStartOn: '2027-02-05', state: 'Paid' }),
      );
    });
  });
});
