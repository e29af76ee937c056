import type { Client } from 'pg';
import { DEMO_ADMIN_KEY, DEMO_ENCRYPTION_KEY, readConfiguration } from '../src/config';
import type { SeoulDate } from '../src/kernel/seoul-calendar';
import { startService, type RunningService } from '../src/service';
import { serviceSettings } from '../simulator';

interface Parts {
  url: string;
  directory: string;
  simulatorUrl?: string;
  role?: string;
  /** Of its environment, where they are not as for all. */
  settings?: Readonly<Record<string, string>>;
}

/** The service as it is deployed, but for its log and for jobs as large as they may be. */
export function startBenchService(parts: Parts): Promise<RunningService> {
  return startService(readConfiguration(benchSettings(parts)), { drainTimes: { noticeMs: 0, finishMs: 1_000 } });
}

/** The settings of its environment. */
export function benchSettings(parts: Parts): Record<string, string> {
  const { url, directory, simulatorUrl = '', role = 'all', settings } = parts;
  return {
    ROLE: role,
    HOST: '127.0.0.1',
    PORT: '0',
    DATABASE_URL: url,
    DATA_DIR: directory,
    ENCRYPTION_KEYS: `bench:${DEMO_ENCRYPTION_KEY}`,
    ADMIN_BOOTSTRAP_KEY: DEMO_ADMIN_KEY,
    ADMIN_REQUESTS_PER_MINUTE: '0',
    ...serviceSettings(simulatorUrl),
    BULK_JOB_MAX_ROWS: '1000000',
    // The first run of all is a million charges; nobody is there to confirm it.
    BILLING_RUN_CONFIRM_FACTOR: '0',
    UPLOAD_CONFIRM_FACTOR: '0',
    // Each round uploads what the round before did; all in a day, as nobody does.
    UPLOAD_CONFIRM_REPEATED_CHARGES: '0',
    LOG_LEVEL: 'silent',
    ...settings,
  };
}

/** The job of a date's billing run. @returns its id @throws when the run was split */
export async function onlyJobOf(client: Client, billingDate: SeoulDate): Promise<string> {
  const { rows } = await client.query<{ id: string }>(
    `SELECT job.id FROM bulk_payment_job AS job JOIN billing_run AS run ON run.id = job.billing_run_id
     WHERE run.billing_date = $1`,
    [billingDate],
  );
  const [job, ...others] = rows;
  if (job === undefined || others.length > 0) throw new Error('the run is not one job');
  return job.id;
}
