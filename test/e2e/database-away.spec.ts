import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { MIGRATIONS } from '../../migrations';
import { migrate } from '../../src/platform/database';
import { startEmbeddedPostgres, type EmbeddedPostgres } from '../../src/platform/embedded-postgres';
import { startWorld, type BillingWorld } from '../support/billing-world';
import { addPeople } from '../support/people';
import { until } from '../support/until';

/** So often each step, and whoever else looks, must have found the database away. */
const FAILURES = 60;

describe('while PostgreSQL is away', () => {
  let directory: string;
  let server: EmbeddedPostgres;
  let world: BillingWorld;
  const logLines: string[] = [];

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'database-away-'));
    server = await start();
    await migrate(server.url, MIGRATIONS);
    const client = new Client({ connectionString: server.url });
    await client.connect();
    await addPeople(client);
    await client.end();
    const database = { name: 'billing', url: server.url, drop: () => server.stop() };
    world = await startWorld({ database, logLines });
  });

  afterAll(async () => {
    await world.close();
    await rm(server.directory, { recursive: true, force: true });
    await rm(directory, { recursive: true, force: true });
  });

  const start = (port?: string): Promise<EmbeddedPostgres> =>
    startEmbeddedPostgres({
      directory: join(directory, 'postgres'),
      settings: { fsync: 'off', ...(port && { port }) },
    });

  const told = (message: string): Record<string, unknown>[] =>
    logLines.map((line) => JSON.parse(line)).filter(({ msg }) => msg.includes(message));

  const notRecorded = (): number => told('how a step fares is not recorded').length;

  /** Of the service's clock, begun ones: however busy the machine is, there may be a line in each and no more. */
  const minutesSince = (at: Date): number => 1 + Math.floor((world.clock.now().getTime() - at.getTime()) / 60_000);

  it('is told in one line, a line a minute after that, and one when it is back, and never with a stack', async () => {
    logLines.length = 0;
    const stoppedAt = world.clock.now();
    await server.stop();
    await until('every step has failed a few times', () => Promise.resolve(notRecorded() >= FAILURES || undefined));
    const [away] = told('database out of reach');
    expect(told('database out of reach').length).toBeLessThanOrEqual(minutesSince(stoppedAt));
    expect(away).toMatchObject({ reason: expect.any(String), failures: 1 });
    expect((await world.get('summary')).status).toBe(503);

    world.clock.advanceSeconds(61);
    const before = notRecorded();
    await until('they fail again', () => Promise.resolve(notRecorded() >= before + FAILURES || undefined));
    const [, next] = told('database out of reach');
    expect(told('database out of reach').length).toBeLessThanOrEqual(minutesSince(stoppedAt));
    expect(next).toMatchObject({ since: away?.since });

    server = await start(new URL(server.url).port);
    await until('it is back', () => Promise.resolve(told('database is back').length > 0 || undefined));
    await until('steps run', async () => ((await world.get('summary')).status === 200 ? true : undefined));
    expect(told('database is back')).toHaveLength(1);
    expect([...told('step failed'), ...told('step keeps failing'), ...told('not listening')]).toEqual([]);
    expect(logLines.filter((line) => line.includes('"stack"'))).toEqual([]);
  });
});
