import { DEMO_ADMIN_KEY, DEMO_ENCRYPTION_KEY, readConfiguration } from '../src/config';
import { collectEagerly } from '../src/platform/memory';
import { startService, type RunningService } from '../src/service';
import { serviceSettings } from '../simulator';

/** The service as it is deployed, but for its log and for jobs as large as they may be. */
export function startBenchService(parts: {
  url: string;
  directory: string;
  simulatorUrl?: string;
  role?: string;
}): Promise<RunningService> {
  collectEagerly();
  const configuration = readConfiguration({
    ROLE: parts.role ?? 'all',
    HOST: '127.0.0.1',
    PORT: '0',
    DATABASE_URL: parts.url,
    DATA_DIR: parts.directory,
    ENCRYPTION_KEYS: `bench:${DEMO_ENCRYPTION_KEY}`,
    ADMIN_BOOTSTRAP_KEY: DEMO_ADMIN_KEY,
    ADMIN_REQUESTS_PER_MINUTE: '0',
    ...serviceSettings(parts.simulatorUrl ?? ''),
    BULK_JOB_MAX_ROWS: '1000000',
    // The first run of all is a million charges; nobody is there to confirm it.
    BILLING_RUN_CONFIRM_FACTOR: '0',
    LOG_LEVEL: 'silent',
  });
  return startService(configuration, { drainTimes: { noticeMs: 0, finishMs: 1_000 } });
}
