import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { DataSource } from 'typeorm';
import { MIGRATIONS } from '../../migrations';
import { makeDataDirectory, type Configuration } from '../config';
import { codeOf, messageOf } from '../kernel/errors';
import { Database, assertFits, isDatabaseUnavailable, openMigrations, runMigrations } from '../platform/database';
import { EmbeddedPostgresError, startEmbeddedPostgres } from '../platform/embedded-postgres';
import { maskText, type Logger } from '../platform/logging';
import { standingOf } from './service-role';
import { StartError } from './start-error';

/** Services and their database are often started together; a database needs seconds, not minutes. */
const ATTEMPTS = 30;
const ATTEMPT_EVERY_MS = 1_000;

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
  { database, storage, deployment }: Configuration,
  logger: Logger,
  shutdown: AbortSignal,
): Promise<OpenedDatabase> {
  const opened = database.url === undefined ? await startEmbedded(storage.directory, logger) : given(database.url);
  try {
    const dataSource = await reach(opened.url, logger, shutdown);
    try {
      await migrateDatabase(dataSource, logger);
      await assertRights(dataSource, logger, deployment.environment === 'live');
    } finally {
      await dataSource.destroy();
    }
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
  makeDataDirectory(directory);
  try {
    const postgres = await startEmbeddedPostgres({
      directory: join(directory, 'postgres'),
      log: (line) => logger.info(line, { component: 'embedded-postgres' }),
    });
    if (postgres.isShared)
      logger.warn(
        'another process uses the same DATA_DIR: this one is a further replica, and both share its PostgreSQL',
      );
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
async function reach(url: string, logger: Logger, shutdown: AbortSignal): Promise<DataSource> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      await assertFits(url);
      return await openMigrations(url, MIGRATIONS);
    } catch (error) {
      const reason = reasonOf(error);
      if (attempt === ATTEMPTS || !passes(error))
        throw new StartError(`DATABASE_URL: the database can’t be used: ${reason}`);
      if (shutdown.aborted) throw new StartError('asked to end while waiting for the database');
      logger.warn('database not reachable yet', { attempt, of: ATTEMPTS, reason });
      await delay(ATTEMPT_EVERY_MS);
    }
  }
}

/** Brings the schema up to date, or finds it so; replicas that start together wait for one another. @throws {StartError} */
async function migrateDatabase(dataSource: DataSource, logger: Logger): Promise<void> {
  try {
    const done = await runMigrations(dataSource);
    if (done.length > 0) logger.info('schema brought up to date', { migrations: done });
  } catch (error) {
    throw new StartError(`the database schema could not be brought up to date: ${messageOf(error)}`, { cause: error });
  }
}

/** A right that is missing would else be found out by a statement, some day. @throws {StartError} naming what is missing */
async function assertRights(dataSource: DataSource, logger: Logger, isLive: boolean): Promise<void> {
  const { role, isOwner, missing } = await standingOf(new Database(dataSource));
  if (missing.length > 0) {
    throw new StartError(
      `DATABASE_URL: the role "${role}" lacks ${missing.join(', ')}: run npm run migrate -- --grant-to ${role}, as the role that owns the tables`,
    );
  }
  if (isLive && isOwner)
    logger.warn('the service owns its tables: what is append-only binds it by triggers alone', { role });
}

function passes(error: unknown): boolean {
  return isDatabaseUnavailable(error) || PASSING.test(codeOf(error) ?? '');
}

/** Several addresses of one name refuse in one error without a message. */
function reasonOf(error: unknown): string {
  const message = messageOf(error);
  return maskText(message === '' ? (codeOf(error) ?? '') : message);
}
