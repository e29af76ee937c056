import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { serviceSettings, startSimulator } from '../../simulator';
import { preparedBilling } from '../support/prepared-billing';
import { ResultRun, type JobAtStart, type RunEnd } from '../support/result-run';
import type { ServiceProcess } from '../support/service-process';
import { StageGate, type GatePlace } from '../support/stage-gate';
import type { TestDatabase } from '../support/test-database';
import { until } from '../support/until';

const CHARGES = 400;

/** Where the process is killed, and what the job's row shows there. */
interface Moment extends GatePlace {
  name: string;
  /** Downloads of which nothing will be left, 0 without it. */
  lostDownloads?: number;
  shows: Partial<Record<keyof JobAtStart, unknown>>;
}

const changes = (when: string): GatePlace => ({ table: 'bulk_payment_job', event: 'BEFORE UPDATE', each: 'ROW', when });
const becomes = (column: string): GatePlace => changes(`OLD.${column} IS NULL AND NEW.${column} IS NOT NULL`);
const isClaimed = (due: string): GatePlace => changes(`OLD.lease_id IS NULL AND NEW.lease_id IS NOT NULL AND ${due}`);
const ANY = expect.anything() as unknown;

const MOMENTS: Moment[] = [
  {
    name: 'with the result file stored and not recorded',
    ...becomes('result_downloaded_at'),
    lostDownloads: 1,
    shows: { result_downloaded_at: null, lease_id: ANY },
  },
  {
    name: 'with every line loaded and not committed',
    ...becomes('result_loaded_at'),
    shows: { result_downloaded_at: ANY, result_loaded_at: null, lease_id: ANY },
  },
  {
    name: 'right after loading',
    ...isClaimed('NEW.result_loaded_at IS NOT NULL AND NEW.reconciled_at IS NULL'),
    shows: { result_loaded_at: ANY, reconciled_at: null, lease_id: null },
  },
  {
    name: 'with everything reconciled and not committed',
    ...becomes('reconciled_at'),
    shows: { result_loaded_at: ANY, reconciled_at: null, lease_id: ANY },
  },
  {
    name: 'right after reconciling',
    ...isClaimed('NEW.reconciled_at IS NOT NULL'),
    shows: { reconciled_at: ANY, result_lines_applied: 0, lease_id: null },
  },
  {
    name: 'in the middle of the first batch settled',
    ...{ table: 'settlement', event: 'AFTER INSERT', each: 'STATEMENT' },
    shows: { reconciled_at: ANY, result_lines_applied: 0, settled_at: null, lease_id: ANY },
  },
  {
    name: 'between two batches settled',
    ...changes('OLD.result_lines_applied > 0 AND NEW.result_lines_applied > OLD.result_lines_applied'),
    shows: { isPartlyApplied: true, settled_at: null, lease_id: ANY },
  },
  {
    name: 'with everything settled and the job not closed',
    ...becomes('settled_at'),
    shows: { settled_at: null, lease_id: ANY },
  },
];

describe('a service that is killed while it deals with a result', () => {
  let prepared: TestDatabase;
  let undisturbed: RunEnd;
  const runs: ResultRun[] = [];

  beforeAll(async () => {
    const gateway = await startSimulator();
    prepared = await preparedBilling(CHARGES, serviceSettings(gateway.baseUrl));
    const run = await begin();
    await run.startReplica();
    undisturbed = await run.end();
    await gateway.close();
  });

  afterAll(() => prepared.drop());

  afterEach(async () => {
    for (const run of runs.splice(0)) await run.close();
  });

  async function begin(lostDownloads = 0): Promise<ResultRun> {
    const run = await ResultRun.start(prepared, lostDownloads);
    runs.push(run);
    return run;
  }

  it('the undisturbed job ends as the gateway’s book says', () => {
    const { book, result } = undisturbed;
    const { missing, quarantined } = result.totals;
    expect(book).toEqual({
      jobs: 1,
      acceptedCount: CHARGES,
      submittedTwice: 0,
      settledTwice: 0,
      disagreeing: [],
      unsettled: { count: missing.count + quarantined.count, amount: missing.amount + quarantined.amount },
    });
    expect(result.findings).toMatchObject({ missing: ANY, duplicate: 4, 'amount-mismatch': ANY, malformed: 1 });
  });

  it.each(MOMENTS)('$name: another replica goes on, and the end is the same', async (moment) => {
    const { lostDownloads, shows } = moment;
    const run = await begin(lostDownloads);
    const gate = await StageGate.close(run.database.url, moment);
    const victim = run.startProcess();
    await gate.reached(() => run.simulator.control.deliverNotifications());
    victim.signal('SIGKILL');
    await victim.ended;
    await gate.openOnceDeserted();
    await run.startReplica();
    expect(run.jobAtStart).toMatchObject(shows);
    expect(run.jobAtStart?.settled).toBe(run.jobAtStart?.result_lines_applied);
    expect(await run.end()).toEqual(undisturbed);
  });

  async function downloading(run: ResultRun): Promise<ServiceProcess> {
    run.simulator.control.armFault({ kind: 'result-drip', options: { bytes: 16_384, everyMs: 200 } });
    const process = run.startProcess();
    await until('a part of the file is on disk', async () => {
      await run.simulator.control.deliverNotifications();
      const names = await readdir(join(run.dataDirectory, 'result-files')).catch(() => []);
      return names.some((name) => name.endsWith('.part')) || undefined;
    });
    return process;
  }

  it('in the middle of the download: another replica fetches it, and the end is the same', async () => {
    const run = await begin(1);
    const victim = await downloading(run);
    victim.signal('SIGKILL');
    await victim.ended;
    await run.startReplica();
    expect(run.jobAtStart).toMatchObject({ state: 'VerifiedCompleted', result_downloaded_at: null, lease_id: ANY });
    expect(await run.end()).toEqual(undisturbed);
  });

  it('that only froze in the middle of the download changes nothing when it wakes up after another has ended', async () => {
    const run = await begin(1);
    const frozen = await downloading(run);
    frozen.signal('SIGSTOP');
    await run.startReplica();
    expect(await run.end()).toEqual(undisturbed);
    frozen.signal('SIGCONT');
    await until('it has noticed', async () => /taken over by another replica/.exec(frozen.log) ?? undefined);
    expect(await run.end()).toEqual(undisturbed);
  });
});
