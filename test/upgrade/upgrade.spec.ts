import { MIGRATIONS } from '../../migrations';
import { migrate } from '../../src/platform/database';
import { startWorld, type BillingWorld } from '../support/billing-world';
import { planOn, send } from '../support/subscribers';
import { createBareDatabase, type TestDatabase } from '../support/test-database';
import { readDatabaseOfBefore, restore, rowsOf, type Rows } from './database-of-before';

/** What a migration takes away on purpose. */
const TAKEN_AWAY: Readonly<Record<string, string>> = {
  oauth_token: 'access tokens are kept by account now, and had for the asking',
  settlement_check: 'each line check has a position of its own, in line_check',
};

/** What a migration has given another name. */
const RENAMED: Readonly<Record<string, string>> = { upload_product: 'product_let_go' };

const before = readDatabaseOfBefore();

/** Answers that differ on purpose; the rows behind them are held to the dump above. */
const ANSWERED_ANEW: Readonly<Record<string, string>> = {
  'charges?limit=100': 'a charge that a person closed has an end',
  'settlement-log?limit=1000': 'so it has an entry',
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

  beforeAll(async () => {
    database = await createBareDatabase();
    await restore(database.url, before);
    await migrate(database.url, MIGRATIONS);
  });

  afterAll(() => world?.close());

  it('holds something of every kind that a month brings about', () => {
    const kinds = ['approval', 'audit_entry', 'billing_run', 'billing_token', 'discrepancy', 'notification', 'refund'];
    for (const kind of [...kinds, 'outside_refund', 'settlement', 'subscription', 'transaction_lookup']) {
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

    it.each(Object.entries(before.answers).filter(([path]) => !(path in ANSWERED_ANEW)))(
      'answers %s as before',
      async (path, answer) => {
        const { status, body } = await served().get(path);
        expect({ status, body: lasting(body) }).toMatchObject({ status: 200, body: lasting(answer) });
      },
    );

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
