import { Client } from 'pg';
import { rename, rm, writeFile } from 'node:fs/promises';
import { startWorld, type BillingWorld } from '../support/billing-world';
import { requestFile } from '../support/request-files';
import { until } from '../support/until';

describe('a service that can’t write', () => {
  let world: BillingWorld;
  let administrator: Client;

  beforeAll(async () => {
    world = await startWorld({ environment: { ROLE: 'admin' } });
    administrator = new Client({ connectionString: world.database.url });
    await administrator.connect();
  });

  afterAll(async () => {
    await administrator.end();
    await world.close();
  });

  /** Sessions take a default when they begin. */
  async function setReadOnly(value: 'on' | 'off'): Promise<void> {
    await administrator.query(`ALTER DATABASE ${world.database.name} SET default_transaction_read_only = ${value}`);
    await administrator.query(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity
      WHERE datname = current_database() AND pid <> pg_backend_pid()`);
  }

  async function uploadOnce(prefix: string): Promise<{ status: number; body: Record<string, unknown> }> {
    return until('the connections are new', async () => {
      const answer = await world.upload(requestFile(3, prefix));
      return answer.body.code === 'database-unavailable' ? undefined : answer;
    });
  }

  async function ready(): Promise<{ status: number; notReady: Record<string, string> }> {
    const response = await fetch(`${world.service.url}/health/ready`);
    const { notReady } = (await response.json()) as { notReady: Record<string, string> };
    return { status: response.status, notReady };
  }

  async function jobs(): Promise<number> {
    const { rows } = await administrator.query<{ count: number }>(
      'SELECT count(*)::int AS count FROM bulk_payment_job',
    );
    return rows[0]?.count ?? -1;
  }

  it('because its database is read-only answers 503, to be tried again, and changes nothing', async () => {
    await setReadOnly('on');
    const refused = await uploadOnce('read-only-');
    expect(refused).toMatchObject({ status: 503, body: { code: 'database-not-writable', retryable: true } });
    expect(await jobs()).toBe(0);
    expect(await ready()).toMatchObject({ status: 503, notReady: { database: 'is read-only' } });
    await setReadOnly('off');
    expect(await uploadOnce('read-only-')).toMatchObject({ status: 201 });
  });

  it('keeps no session that began while its database was read-only, however often it is probed', async () => {
    await setReadOnly('on');
    await until('it is not ready', async () => ((await ready()).status === 503 ? true : undefined));
    expect((await uploadOnce('was-read-only-')).body).toMatchObject({ code: 'database-not-writable' });
    expect(await ready()).toMatchObject({ status: 503, notReady: { database: 'is read-only' } });
    // Sessions that are open keep what they began with.
    await administrator.query(`ALTER DATABASE ${world.database.name} SET default_transaction_read_only = off`);
    // One that nobody uses for ten seconds is closed anyway; probes and a scheduler use theirs all the time.
    await ready();
    expect(await ready()).toEqual({ status: 200, notReady: {} });
    const sessions = await administrator.query(`SELECT FROM pg_stat_activity
      WHERE datname = current_database() AND application_name = 'tstore-merchant-billing'`);
    for (let tried = 0; tried < (sessions.rowCount ?? 0); tried += 1) await world.upload(requestFile(1, 'tries-'));
    expect(await world.upload(requestFile(3, 'was-read-only-'))).toMatchObject({ status: 201 });
  });

  it.each([
    ['a write is held up', 'BEGIN; LOCK TABLE write_proof IN EXCLUSIVE MODE', 'ROLLBACK'],
    [
      'its disk is full',
      `CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS $$
         BEGIN RAISE EXCEPTION 'no space left' USING ERRCODE = 'disk_full'; END $$;
       CREATE TRIGGER full_disk BEFORE UPDATE ON write_proof FOR EACH ROW EXECUTE FUNCTION full_disk()`,
      'DROP TRIGGER full_disk ON write_proof',
    ],
  ])('although its database says that it may is not ready: %s', async (_, harm, mend) => {
    await administrator.query(harm);
    world.clock.advanceSeconds(60);
    expect(await ready()).toMatchObject({ status: 503, notReady: { database: 'commits no write' } });
    await administrator.query(mend);
    expect(await ready()).toMatchObject({ status: 200, notReady: {} });
  });

  it('because its directory is gone says so, not that the database is away, and changes nothing', async () => {
    const before = await jobs();
    const directory = world.dataDirectory;
    await rename(directory, `${directory}.away`);
    await writeFile(directory, 'a file in the place of the directory');
    const refused = await world.upload(requestFile(3, 'no-directory-'));
    world.clock.advanceSeconds(60);
    const during = await ready();
    await rm(directory);
    await rename(`${directory}.away`, directory);
    expect(refused).toMatchObject({ status: 503, body: { code: 'storage-unavailable', retryable: true } });
    expect(during).toMatchObject({ status: 503, notReady: { storage: 'no file can be stored in DATA_DIR' } });
    expect(await ready()).toMatchObject({ status: 200, notReady: {} });
    expect(JSON.stringify(refused.body)).not.toContain(directory);
    expect(await jobs()).toBe(before);
    expect(await world.upload(requestFile(3, 'no-directory-'))).toMatchObject({ status: 201 });
  });
});
