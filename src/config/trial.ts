import { randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeDataDirectory } from './data-directory';
import { DEMO_ENCRYPTION_KEY } from './demo-secrets';

/** Beside the data that is encrypted under them; both are thrown away together. */
export const TRIAL_KEYS_FILE = 'trial-keys.json';

/** Where the service listens that was started on this data last: the operators’ program of this clone asks it there. */
const ADDRESS_FILE = 'service-address';

type TrialKeys = Record<'ENCRYPTION_KEYS' | 'ADMIN_BOOTSTRAP_KEY', string>;

/** What the simulator expects, and what it says of payments that were refunded: as in `.env.example`. */
const SIMULATOR_SETTINGS = {
  TSTORE_CLIENT_ID: 'demo-client',
  TSTORE_CLIENT_SECRET: 'demo-secret+/=',
  TSTORE_BID: 'skplanet',
  TSTORE_MID: 'skpcorp',
  TSTORE_REFUNDED_STATUSES: 'refunded,partiallyRefunded',
};

/**
 * Fills in what a first try has not been given: keys of its own, made once and kept beside its data, and the simulator's
 * credentials. Only where both the database is the embedded one and the gateways are the simulator’s.
 *
 * @returns the settings to start with, and where the keys are when it is a trial
 */
export function withTrialSettings(given: NodeJS.ProcessEnv): { settings: NodeJS.ProcessEnv; keysFile?: string } {
  const isSimulator = (given.ENVIRONMENT || 'simulator') === 'simulator';
  if (given.DATABASE_URL || !isSimulator || given.ENCRYPTION_KEYS) return { settings: given };
  const directory = given.DATA_DIR || '.data';
  const set = Object.fromEntries(Object.entries(given).filter(([, value]) => value));
  const settings = { ...SIMULATOR_SETTINGS, HOST: '127.0.0.1', ...trialKeys(directory), ...set };
  return { settings, keysFile: join(directory, TRIAL_KEYS_FILE) };
}

/** The keys beside the data of this directory, made when there are none. They also open what the demo left there before. */
export function trialKeys(directory: string): TrialKeys {
  const file = join(directory, TRIAL_KEYS_FILE);
  makeDataDirectory(directory);
  const keys: TrialKeys = {
    ENCRYPTION_KEYS: `trial:${randomBytes(32).toString('base64')},demo:${DEMO_ENCRYPTION_KEY}`,
    ADMIN_BOOTSTRAP_KEY: randomBytes(32).toString('hex'),
  };
  try {
    writeFileSync(file, `${JSON.stringify(keys, null, 2)}\n`, { flag: 'wx', mode: 0o600 });
    return keys;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    return JSON.parse(readFileSync(file, 'utf8')) as TrialKeys;
  }
}

/** @param directory of the service's data */
export function noteAddress(directory: string, url: string): void {
  writeFileSync(join(directory, ADDRESS_FILE), `${url}\n`);
}
