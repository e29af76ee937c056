import { Client } from 'pg';
import { callAdmin, bearer, type AdminAnswer } from '../support/admin-world';
import { ADMIN_KEY, BOOTSTRAP_KEY, startWorld, type BillingWorld } from '../support/billing-world';
import { requestFile, TOKEN_64 } from '../support/request-files';
import { PRODUCT, carrierPrice, keyOf, subscribe } from '../support/subscribers';
import { until } from '../support/until';

/** More than there are connections of any kind. */
const MANY = 24;
const REASON = { reason: 'a test' };

describe('calls that wait take no connection of others', () => {
  let world: BillingWorld;
  let holder: Client;
  /** Another, since what a transaction sees of the sessions does not change while it is open. */
  let looker: Client;
  let viewer: string;

  beforeAll(async () => {
    world = await startWorld({ environment: { ADMIN_EXPORTS_PER_KEY: String(MANY) } });
    viewer = await keyOf(world, 'viewer@example.com', 'viewer');
    await subscribe(world, 'first', '2028-01-31');
    holder = new Client({ connectionString: world.database.url });
    looker = new Client({ connectionString: world.database.url });
    await Promise.all([holder.connect(), looker.connect()]);
  });

  beforeEach(() => holder.query('BEGIN'));
  afterEach(() => holder.query('ROLLBACK'));

  afterAll(async () => {
    await Promise.all([holder.end(), looker.end()]);
    await world.close();
  });

  function call(key: string, method: string, path: string, body?: object): Promise<AdminAnswer> {
    return callAdmin(world.service.url, method, path, { headers: bearer(key), ...(body && { body }) });
  }

  const many = (ask: (at: number) => Promise<AdminAnswer>) => Array.from({ length: MANY }, (_, at) => ask(at));

  const answers = async (ways: (readonly [string, string, string, object?])[]): Promise<number[]> => {
    const statuses: number[] = [];
    for (const way of ways) statuses.push((await call(...way)).status);
    return statuses;
  };

  /** @param sessions how many of the service's wait for what the test holds */
  const waiting = (sessions: number) =>
    until(`${sessions} sessions wait`, async () => {
      const { rows } = await looker.query<{ count: number }>(
        `SELECT count(*)::int AS count FROM pg_stat_activity
         WHERE datname = current_database() AND wait_event_type = 'Lock'`,
      );
      return (rows[0]?.count ?? 0) >= sessions || undefined;
    });

  it('exports and changes: the kill switch, decisions, billing and a look go on', async () => {
    expect(await answers([[ADMIN_KEY, 'POST', 'kill-switch', REASON]])).toEqual([200]);
    const { body: job } = await world.upload(requestFile(3, 'kept-'));
    await holder.query('LOCK TABLE subscription IN ACCESS EXCLUSIVE MODE');
    const exports = many((at) => call(viewer, 'GET', `subscriptions?format=${at % 2 === 0 ? 'csv' : 'xlsx'}`));
    const terms = { storeProductId: PRODUCT.storeProductId, billingToken: TOKEN_64, startedOn: '2028-01-31' };
    const changes = many((at) =>
      call(ADMIN_KEY, 'POST', 'subscriptions', { ...terms, customerReference: `customer-${at}` }),
    );
    await waiting(3 + 4);
    expect(
      await answers([
        [ADMIN_KEY, 'DELETE', 'kill-switch', REASON],
        [viewer, 'GET', 'products'],
        [ADMIN_KEY, 'GET', 'kill-switch'],
        [BOOTSTRAP_KEY, 'POST', 'api-keys', { name: 'made', owner: 'other@example.com', role: 'viewer' }],
        [ADMIN_KEY, 'POST', 'approvals/999/approve', REASON],
      ]),
    ).toEqual([200, 200, 200, 201, 404]);
    await until('the job is sent', async () => {
      const { body } = await call(viewer, 'GET', `bulk-payment-jobs/${job.id}`);
      return body.submission?.gatewayJobId ?? undefined;
    });
    await holder.query('ROLLBACK');
    expect((await Promise.all(exports)).map(({ status }) => status)).toEqual(exports.map(() => 200));
    // Those beyond the connections were told to come again.
    const statuses = (await Promise.all(changes)).map(({ status }) => status);
    expect(statuses.filter((status) => status !== 201 && status !== 503)).toEqual([]);
  });

  it('decisions: the kill switch, changes and a look go on', async () => {
    await holder.query('LOCK TABLE approval IN ACCESS EXCLUSIVE MODE');
    const decisions = many(() => call(ADMIN_KEY, 'POST', 'approvals/999/approve', REASON));
    await waiting(4);
    expect(
      await answers([
        [ADMIN_KEY, 'POST', 'kill-switch', REASON],
        [ADMIN_KEY, 'DELETE', 'kill-switch', REASON],
        [
          ADMIN_KEY,
          'POST',
          'products',
          { storeProductId: '0910024119', name: 'made meanwhile', price: carrierPrice(100) },
        ],
        [viewer, 'GET', 'products'],
      ]),
    ).toEqual([200, 200, 201, 200]);
    await holder.query('ROLLBACK');
    const statuses = (await Promise.all(decisions)).map(({ status }) => status);
    expect(statuses.filter((status) => status !== 404 && status !== 503)).toEqual([]);
  });
});
