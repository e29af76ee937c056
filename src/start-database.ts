import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Client } from 'pg';
import { MIGRATIONS } from '../migrations';
import type { Configuration } from './config';
import { messageOf } from './kernel/errors';
import { isDatabaseUnavailable, migrate } from './platform/database';
import { EmbeddedPostgresError, startEmbeddedPostgres } from './platform/embedded-postgres';
import { maskText, type Logger } from './platform/logging';
import { StartError } from './start-error';

/** Services and their database are often started together; a database needs seconds, not minutes. */
const ATTEMPTS = 30;
const ATTEMPT_EVERY_MS = 1_000;
const CONNECT_TIMEOUT_MS = 2_000;

/** What mends itself when the database has come up; a name that is not yet known among it, as in containers. */
const PASSING = /^(EAI_AGAIN|ENOTFOUND)$/;

export interface OpenedDatabase {
  url: string;
  /** Ends the embedded one; one that was given goes on without us. */
  close(): Promise<void>;
}

/**
 * The database, ready for use: the given one is waited for, without one an embedded PostgreSQL is started, and the schema
 * is brought up to date.
 *
 * @throws {StartError} with what the operator can do
 */
export async function openDatabase(
  { database, storage }: Configuration,
  logger: Logger,
  shutdown: AbortSignal,
): Promise<OpenedDatabase> {
  const opened = database.url === undefined ? await startEmbedded(storage.directory, logger) : given(database.url);
  try {
    await waitForDatabase(opened.url, logger, shutdown);
    await migrateDatabase(opened.url, logger);
    return opened;
  } catch (error) {
    await opened.close();
    throw error;
  }
}

function given(url: string): OpenedDatabase {
  return { url, close: () => Promise.resolve() };
}

async function startEmbedded(directory: string, logger: Logger): Promise<OpenedDatabase> {
  try {
    const postgres = await startEmbeddedPostgres({
      directory: join(directory, 'postgres'),
      log: (line) => logger.info(line, { component: 'embedded-postgres' }),
    });
    return { url: postgres.url, close: () => postgres.stop() };
  } catch (error) {
    if (error instanceof EmbeddedPostgresError) throw new StartError(error.message, { cause: error });
    throw error;
  }
}

/**
 * Waits until the database can be reached.
 *
 * @throws {StartError} naming the setting, at once when waiting can't help
 */
async function waitForDatabase(url: string, logger: Logger, shutdown: AbortSignal): Promise<void> {
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
async function migrateDatabase(url: string, logger: Logger): Promise<void> {
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
