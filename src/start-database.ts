import { Client } from 'pg';
import { setTimeout as delay } from 'node:timers/promises';
import { MIGRATIONS } from '../migrations';
import { messageOf } from './kernel/errors';
import { isDatabaseUnavailable, migrate } from './platform/database';
import { maskText, type Logger } from './platform/logging';
import { StartError } from './start-error';

/** Services and their database are often started together; a database needs seconds, not minutes. */
const ATTEMPTS = 30;
const ATTEMPT_EVERY_MS = 1_000;
const CONNECT_TIMEOUT_MS = 2_000;

/** What mends itself when the database has come up; a name that is not yet known among it, as in containers. */
const PASSING = /^(EAI_AGAIN|ENOTFOUND)$/;

/**
 * Waits until the database can be reached.
 *
 * @throws {StartError} naming the setting, at once when waiting can't help
 */
export async function waitForDatabase(url: string, logger: Logger, shutdown: AbortSignal): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    const error = await connectionError(url);
    if (error === undefined) return;
    const reason = reasonOf(error);
    if (attempt === ATTEMPTS || !passes(error))
      throw new StartError(`DATABASE_URL: the database can’t be used: ${reason}`);
    if (shutdown.aborted) throw new StartError('asked to end while waiting for the database');
    logger.warn('database not reachable yet', { attempt, of: ATTEMPTS, reason });
    await delay(ATTEMPT_EVERY_MS);
  }
}

/** Brings the schema up to date; replicas that start together wait for one another. @throws {StartError} */
export async function migrateDatabase(url: string, logger: Logger): Promise<void> {
  try {
    const done = await migrate(url, MIGRATIONS);
    if (done.length > 0) logger.info('schema brought up to date', { migrations: done });
  } catch (error) {
    throw new StartError(`the database schema could not be brought up to date: ${messageOf(error)}`, { cause: error });
  }
}

async function connectionError(url: string): Promise<unknown> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: CONNECT_TIMEOUT_MS });
  // Without a listener, a connection that breaks while it is being closed would end the process.
  client.on('error', () => undefined);
  try {
    await client.connect();
    return undefined;
  } catch (error) {
    return error;
  } finally {
    await client.end().catch(() => undefined);
  }
}

function passes(error: unknown): boolean {
  return isDatabaseUnavailable(error) || PASSING.test(codeOf(error)) || messageOf(error).includes('timeout expired');
}

/** Several addresses of one name refuse in one error without a message. */
function reasonOf(error: unknown): string {
  const message = messageOf(error);
  return maskText(message === '' ? codeOf(error) : message);
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}
