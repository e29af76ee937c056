import { readFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { NOTHING_DUE, ONE_DONE, ONE_POSTPONED } from '../../src/kernel/step-report';
import { startEmbeddedPostgres, type EmbeddedPostgres } from '../../src/platform/embedded-postgres';
import { CHARGES_FAR_APART } from '../support/prepared-billing';
import { addPeople } from '../support/people';
import { answersOf } from '../support/result-answers';
import { fileBytes, goodFile } from '../support/result-file-model';
import { mutated, type Mutation } from '../support/result-file-mutations';
import { judge } from '../support/result-file-oracle';
import { MERCHANT_ID, ResultWorld, type Stage, type VerifiedJob } from '../support/result-world';
import { until } from '../support/until';

const CHARGES = 200;

/** A doubled line, a missing one, and an amount that differs. */
const MUTATIONS: Mutation[] = [
  { kind: 'drop', line: 100 },
  { kind: 'double', line: 7, at: 60 },
  { kind: 'edit', line: 30, column: 7, value: '1' },
];

const FAIL_SECOND_BATCH = `
  CREATE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'the second batch fails'; END $$;
  CREATE TRIGGER fail BEFORE UPDATE ON bulk_payment_job FOR EACH ROW
    WHEN (OLD.result_lines_applied > 0 AND NEW.result_lines_applied > OLD.result_lines_applied)
    EXECUTE FUNCTION fail()`;

describe('a database that crashes, which empties its unlogged tables', () => {
  let server: EmbeddedPostgres;
  let directory: string;
  let world: ResultWorld;
  let jobs = 0;

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'database-crash-'));
    server = await startEmbeddedPostgres({ directory: join(directory, 'postgres'), settings: { fsync: 'off' } });
    world = await ResultWorld.start(server.url);
    const client = new Client({ connectionString: server.url });
    await client.connect();
    await addPeople(client);
    await client.end();
  });

  afterAll(async () => {
    await world.close();
    await server.stop();
    await rm(server.directory, { recursive: true, force: true });
    await rm(directory, { recursive: true, force: true });
  });

  async function sql<Row>(statement: string): Promise<Row[]> {
    const client = new Client({ connectionString: server.url });
    client.on('error', () => undefined);
    await client.connect();
    try {
      return (await client.query(statement)).rows as Row[];
    } finally {
      await client.end();
    }
  }

  /** One server process is killed as the system would for want of memory; PostgreSQL then ends all and recovers. */
  async function crash(): Promise<void> {
    await sql('CREATE UNLOGGED TABLE lost_in_the_crash AS SELECT true AS present');
    const client = new Client({ connectionString: server.url });
    client.on('error', () => undefined);
    await client.connect();
    const { rows } = await client.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
    process.kill(rows[0]?.pid ?? 0, 'SIGKILL');
    // That the table is empty tells the time after the crash from the moment before everything is ended.
    await until('the database has recovered', async () => {
      const present = await sql('SELECT FROM lost_in_the_crash').catch(() => undefined);
      return present?.length === 0 || undefined;
    });
    await sql('DROP TABLE lost_in_the_crash');
  }

  async function begun() {
    const answers = answersOf(`c${(jobs += 1)}-`, CHARGES);
    const good = goodFile(MERCHANT_ID, answers);
    const file = { ...good, lines: mutated(good.lines, MUTATIONS, '') };
    const job = await world.verifiedJob(answers);
    world.gateway.serve(job.gatewayJobId, fileBytes(file));
    return { job, expected: judge(answers, MERCHANT_ID, file) };
  }

  async function expectDone(...stages: Stage[]): Promise<void> {
    for (const stage of stages) expect([stage, await world.run(stage)]).toEqual([stage, ONE_DONE]);
  }

  async function expectEnd(job: VerifiedJob, expected: ReturnType<typeof judge>): Promise<void> {
    const { settlements, discrepancies, result } = await world.end(job);
    expect({ kind: 'applied', settlements, discrepancies, ...pick(result) }).toEqual(expected);
    expect(result.settledAt).not.toBeNull();
    expect(world.gateway.asked.filter((asked) => asked === job.gatewayJobId)).toHaveLength(1);
  }

  it.each<[string, Stage[]]>([
    ['after loading', ['download', 'load']],
    ['after reconciling', ['download', 'load', 'reconcile']],
  ])('%s: the stored file is loaded again, and the end is the same', async (_when, before) => {
    const { job, expected } = await begun();
    await expectDone(...before);
    await crash();
    await expectDone(before.includes('reconcile') ? 'settle' : 'reconcile');
    expect(await world.row(job)).toMatchObject({
      result_loaded_at: null,
      reconciled_at: null,
      result_lines_applied: 0,
    });
    expect((await world.end(job)).settlements).toEqual([]);
    await expectDone('load', 'reconcile', 'settle');
    await expectEnd(job, expected);
  });

  it('between two batches of settling: what is settled stays, the rest follows, once', async () => {
    await sql(CHARGES_FAR_APART);
    const { job, expected } = await begun();
    await expectDone('download', 'load', 'reconcile');
    await sql(FAIL_SECOND_BATCH);
    expect(await world.run('settle')).toEqual(ONE_POSTPONED);
    await sql('DROP TRIGGER fail ON bulk_payment_job; DROP FUNCTION fail');
    const { result_lines_applied: applied, result_file_name } = await world.row(job);
    expect(applied).toBeGreaterThan(0);
    expect(applied).toBeLessThan(CHARGES - 10);
    await crash();
    world.clock.advanceSeconds(600);
    await expectDone('settle');
    expect(await world.row(job)).toMatchObject({ result_loaded_at: null, result_lines_applied: applied });

    // Another file now could contradict what is settled: an unreadable one waits to be put back.
    const path = join(world.dataDirectory, result_file_name ?? '');
    const content = await readFile(path);
    await writeFile(path, content.subarray(0, 1_000));
    expect(await world.run('load')).toEqual(ONE_POSTPONED);
    world.clock.advanceSeconds(600);
    expect(await world.run('download')).toEqual(NOTHING_DUE);
    await writeFile(path, content);

    await expectDone('load', 'reconcile', 'settle');
    await expectEnd(job, expected);
  });
});

function pick({ totals, findings }: { totals: unknown; findings: unknown }): object {
  return { totals, findings };
}
