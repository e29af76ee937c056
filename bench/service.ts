import { DEMO_ADMIN_KEY, DEMO_ENCRYPTION_KEY, readConfiguration } from '../src/config';
import { startService, type RunningService } from '../src/service';
import { serviceSettings, type Simulator } from '../simulator';

/** The service as it is deployed, but for its log. */
export function startBenchService(parts: {
  url: string;
  directory: string;
  simulator?: Simulator;
  role?: string;
}): Promise<RunningService> {
  const configuration = readConfiguration({
    ROLE: parts.role ?? 'all',
    HOST: '127.0.0.1',
    PORT: '0',
    DATABASE_URL: parts.url,
    DATA_DIR: parts.directory,
    ENCRYPTION_KEYS: `bench:${DEMO_ENCRYPTION_KEY}`,
    ADMIN_BOOTSTRAP_KEY: DEMO_ADMIN_KEY,
    ...serviceSettings(parts.simulator?.baseUrl ?? ''),
    LOG_LEVEL: 'silent',
  });
  return startService(configuration, { drainTimes: { noticeMs: 0, finishMs: 1_000 } });
}
