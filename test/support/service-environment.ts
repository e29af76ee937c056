import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BOOTSTRAP_KEY, ENCRYPTION_KEYS } from './people';

export { ADMIN_ACTOR, ADMIN_KEY, BOOTSTRAP_KEY, ENCRYPTION_KEY, SECOND_PERSONS_KEY } from './people';

/** The settings a service needs at least, on a port the system chooses, for tests that need no gateway. */
export function serviceEnvironment(databaseUrl: string, settings: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv {
  return {
    HOST: '127.0.0.1',
    PORT: '0',
    DATABASE_URL: databaseUrl,
    DATA_DIR: join(tmpdir(), 'service-without-files'),
    ENCRYPTION_KEYS,
    ADMIN_BOOTSTRAP_KEY: BOOTSTRAP_KEY,
    // Tests ask as fast as they can.
    ADMIN_REQUESTS_PER_MINUTE: '0',
    ADMIN_FAILED_KEYS_PER_MINUTE: '0',
    TSTORE_CLIENT_ID: 'client',
    TSTORE_CLIENT_SECRET: 'secret-of-the-client',
    TSTORE_BID: 'bid',
    TSTORE_MID: 'mid',
    LOG_LEVEL: 'silent',
    ...settings,
  };
}
