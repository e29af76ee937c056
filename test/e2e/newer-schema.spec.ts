import { SchemaGuard } from '../../src/billing-scheduler/schema-guard';
import { Database } from '../../src/platform/database';
import { startWorld, type BillingWorld } from '../support/billing-world';
import { requestFile } from '../support/request-files';
import { until } from '../support/until';

describe('a scheduler whose database a newer version has migrated', () => {
  let world: BillingWorld;
  const logLines: string[] = [];

  beforeAll(async () => (world = await startWorld({ logLines })));
  afterAll(() => world.close());
  afterEach(() => jest.restoreAllMocks());

  const said = (text: string): number => logLines.filter((line) => line.includes(text)).length;
  const logged = (text: string): Promise<true> =>
    until(`the log says ${text}`, () => Promise.resolve(said(text) > 0 || undefined));

  it('pauses its steps, says so once, and goes on when the schema fits again', async () => {
    const database = world.service.app.get(Database);
    await database.execute("INSERT INTO schema_migration (timestamp, name) VALUES (9999999999999, 'FromTheFuture')");
    await logged('scheduler paused');
    const { body: job } = await world.upload(requestFile(2, 'waits-'));
    const looks = jest.spyOn(world.service.app.get(SchemaGuard), 'fits');
    // The upload's own call, and those of the ticks after it.
    await until('every step was called again and again', () =>
      Promise.resolve(looks.mock.calls.length > 50 || undefined),
    );
    expect((await world.get(`bulk-payment-jobs/${job.id}`)).body).toMatchObject({ state: 'Created', submission: null });
    expect(world.simulator.control.jobs()).toEqual([]);
    expect(said('scheduler paused')).toBe(1);

    await database.execute("DELETE FROM schema_migration WHERE name = 'FromTheFuture'");
    await logged('scheduler goes on');
    expect(await world.settled(job.id)).toMatchObject({ result: { settledAt: expect.any(String) } });
    expect(said('scheduler goes on')).toBe(1);
  });
});
