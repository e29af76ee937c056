import { Client } from 'pg';
import { callAdmin, bearer } from '../support/admin-world';
import { Database } from '../../src/platform/database';
import { BOOTSTRAP_KEY } from '../support/service-environment';
import { startWorld, type BillingWorld } from '../support/billing-world';
import { send } from '../support/subscribers';
import { until } from '../support/until';

const ASKED = 12;

describe('many who read much at once', () => {
  let world: BillingWorld;
  let client: Client;
  let viewer: string;

  beforeAll(async () => {
    world = await startWorld({
      environment: { ROLE: 'admin', DATABASE_READ_POOL_SIZE: '2', ADMIN_EXPORTS_PER_KEY: '3' },
    });
    client = new Client({ connectionString: world.database.url });
    await client.connect();
    const order = { name: 'looks', owner: 'viewer@example.com', role: 'viewer' };
    const made = await callAdmin(world.service.url, 'POST', 'api-keys', {
      body: order,
      headers: bearer(BOOTSTRAP_KEY),
    });
    viewer = made.body.token;
  });

  afterAll(async () => {
    await client.end();
    await world.close();
  });

  const ask = (path: string) => callAdmin(world.service.url, 'GET', path, { headers: bearer(viewer) });

  it.each(['subscriptions/export', 'subscriptions?format=csv'])(
    '%s: a key has few on their way, and all else goes on meanwhile',
    async (path) => {
      await client.query('BEGIN');
      // Whoever reads subscriptions waits until the test lets them.
      await client.query('LOCK TABLE subscription IN ACCESS EXCLUSIVE MODE');
      const exports = Array.from({ length: ASKED }, () => ask(path));
      const refused: Awaited<ReturnType<typeof ask>>[] = [];
      for (const one of exports) void one.then((answer) => answer.status === 429 && refused.push(answer));
      await until('those beyond are refused', () => Promise.resolve(refused.length === ASKED - 3 || undefined));
      expect(Number(refused[0]?.headers.get('retry-after'))).toBeGreaterThan(0);
      expect((await ask('products')).status).toBe(200);
      for (const method of ['POST', 'DELETE'] as const) {
        expect((await send(world, method, 'kill-switch', { reason: 'a test' })).status).toBe(200);
      }
      // As a step of the scheduler would.
      expect(await world.service.app.get(Database).rows('SELECT 1 AS one')).toEqual([{ one: 1 }]);
      await client.query('ROLLBACK');
      const statuses = (await Promise.all(exports)).map(({ status }) => status);
      expect(statuses.filter((status) => status === 200)).toHaveLength(3);
      expect((await ask(path)).status).toBe(200);
    },
  );
});
