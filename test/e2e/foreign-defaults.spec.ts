import { Client } from 'pg';
import { startWorld, type BillingWorld } from '../support/billing-world';
import { requestFile } from '../support/request-files';
import { until } from '../support/until';

/** What an administrator gives all sessions of a database, and those that are open are ended. */
const DEFAULTS = {
  datestyle: "'German, DMY'",
  timezone: "'Pacific/Auckland'",
  intervalstyle: 'iso_8601',
  search_path: 'pg_catalog',
  bytea_output: 'escape',
  default_transaction_isolation: 'serializable',
};

describe('a database that is given other defaults while the service runs', () => {
  let world: BillingWorld;

  beforeAll(async () => {
    world = await startWorld();
    const administrator = new Client({ connectionString: world.database.url });
    await administrator.connect();
    for (const [name, value] of Object.entries(DEFAULTS)) {
      await administrator.query(`ALTER DATABASE ${world.database.name} SET ${name} = ${value}`);
    }
    await administrator.query(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity
      WHERE datname = current_database() AND pid <> pg_backend_pid()`);
    await administrator.end();
  });

  afterAll(() => world.close());

  it('bills as before, and tells every time as it was', async () => {
    const uploadedAfter = world.clock.now();
    const { id } = await until('the upload is taken', async () => {
      const { status, body } = await world.upload(requestFile(5, 'foreign-'));
      return status === 201 ? body : undefined;
    });
    const job = await world.settled(id);
    const { paid, declined } = job.result.totals;
    expect(paid.count + declined.count).toBe(5);
    for (const at of [job.createdAt, job.submission.answeredAt, job.result.settledAt]) {
      expect(new Date(at).getTime()).toBeGreaterThanOrEqual(uploadedAfter.getTime());
      expect(new Date(at).getTime()).toBeLessThanOrEqual(world.clock.now().getTime());
    }
    expect((await world.get('summary')).status).toBe(200);
  });
});
