import { Client } from 'pg';
import { startWorld, type BillingWorld } from '../support/billing-world';
import { requestFile } from '../support/request-files';
import { TcpProxy } from '../support/tcp-proxy';
import { until } from '../support/until';

describe('a service that is woken by PostgreSQL', () => {
  const logLines: string[] = [];
  let world: BillingWorld;
  let proxy: TcpProxy;
  let administrator: Client;

  beforeAll(async () => {
    const urlOf = async ({ url }: { url: string }): Promise<string> => (proxy = await TcpProxy.before(url)).url;
    world = await startWorld({ urlOf, logLines });
    administrator = new Client({ connectionString: world.database.url });
    await administrator.connect();
  });

  beforeEach(() => logLines.splice(0));

  afterAll(async () => {
    await administrator.end();
    await world.close();
    await proxy.close();
  });

  const logged = (message: string): number => logLines.filter((line) => line.includes(`"${message}"`)).length;

  async function listeners(): Promise<number[]> {
    const { rows } = await administrator.query<{ pid: number }>(
      `SELECT pid FROM pg_stat_activity
       WHERE datname = current_database() AND application_name = 'tstore-merchant-billing-wake' AND query LIKE 'LISTEN%'`,
    );
    return rows.map(({ pid }) => pid);
  }

  /** Waits for the notice to come or go, and holds that the service is ready all the time. */
  async function noticed(isNoticed: boolean): Promise<void> {
    await until(`the notice ${isNoticed ? 'comes' : 'goes'}`, async () => {
      const response = await fetch(`${world.service.url}/health/ready`);
      const { notices } = (await response.json()) as { notices: Record<string, string> };
      expect(response.status).toBe(200);
      return 'wake-ups' in notices === isNoticed || undefined;
    });
  }

  it('proves at its ticks that it is heard', async () => {
    const sent = `SELECT pg_notify('billing_wake_proof', 'another replica’s')`;
    await administrator.query('LISTEN billing_wake_proof');
    const proofs = new Set<string>();
    administrator.on('notification', ({ payload }) => proofs.add(payload ?? ''));
    await administrator.query(sent);
    await until('proofs of several ticks', () => Promise.resolve(proofs.size >= 7 || undefined));
    await administrator.query('UNLISTEN *');
    expect(await listeners()).toHaveLength(1);
    await noticed(false);
    expect(logged('wake-ups are not heard; ticks go on')).toBe(0);
  });

  it('whose listening session was ended says so until it hears again', async () => {
    const [before] = await listeners();
    await administrator.query('SELECT pg_terminate_backend($1)', [before]);
    await noticed(true);
    await noticed(false);
    expect(await listeners()).not.toContain(before);
    expect(logged('wake-ups are not heard; ticks go on')).toBe(1);
    expect(logged('listening for wake-ups again')).toBe(1);
  });

  it('whose notices are swallowed on the way says so once, connects anew, and bills by its ticks', async () => {
    const before = await listeners();
    proxy.swallowsNotices = true;
    await noticed(true);
    await until('another session listens', async () => {
      const now = await listeners();
      return (now.length > 0 && !now.some((pid) => before.includes(pid))) || undefined;
    });
    const { body: job } = await world.upload(requestFile(3, 'unheard-'));
    expect(await world.settled(job.id)).toMatchObject({ result: { settledAt: expect.any(String) } });
    await noticed(true);
    expect(logged('wake-ups are not heard; ticks go on')).toBe(1);
    proxy.swallowsNotices = false;
    await noticed(false);
    expect(logged('listening for wake-ups again')).toBe(1);
    expect(await listeners()).toHaveLength(1);
  });

  it('whose network swallows everything listens again when it is back', async () => {
    const before = await listeners();
    proxy.freeze();
    await until('nothing can be asked', async () => {
      const response = await fetch(`${world.service.url}/health/ready`);
      return response.status === 503 || undefined;
    });
    proxy.restore();
    await until('another session listens', async () => {
      const now = await listeners();
      return (now.length > 0 && !now.some((pid) => before.includes(pid))) || undefined;
    });
    const { body: job } = await until('the database can be reached', async () => {
      const answer = await world.upload(requestFile(3, 'frozen-'));
      return answer.status === 201 ? answer : undefined;
    });
    expect(await world.settled(job.id)).toMatchObject({ result: { settledAt: expect.any(String) } });
    await noticed(false);
  });
});
