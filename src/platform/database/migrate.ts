import { MigrationExecutor, type DataSource, type MigrationInterface } from 'typeorm';
import { openDataSource } from './data-source';
import { assertFits } from './server-check';

/** Any constant will do, as long as nobody else in the database takes the same advisory lock. */
const MIGRATION_LOCK = 7_261_543_001;

/** Brings the schema of a database up to date. @returns the names of the migrations that ran now */
export async function migrate(url: string, migrations: (new () => MigrationInterface)[]): Promise<string[]> {
  await assertFits(url);
  const dataSource = await openMigrations(url, migrations);
  try {
    return await runMigrations(dataSource);
  } finally {
    await dataSource.destroy();
  }
}

/** A data source that knows the migrations and has the one connection they need. */
export function openMigrations(url: string, migrations: (new () => MigrationInterface)[]): Promise<DataSource> {
  return openDataSource({ url, poolSize: 1, migrations });
}

/**
 * Brings the schema up to date. Replicas that start together wait for one another; each migration is one transaction.
 *
 * @returns the names of the migrations that ran now
 */
export async function runMigrations(dataSource: DataSource): Promise<string[]> {
  const runner = dataSource.createQueryRunner();
  try {
    await runner.query('SELECT pg_advisory_lock($1)', [MIGRATION_LOCK]);
    // On the connection that holds the lock: another one would be opened at every start for nothing.
    const executor = new MigrationExecutor(dataSource, runner);
    executor.transaction = 'each';
    const done = await executor.executePendingMigrations();
    return done.map((migration) => migration.name);
  } finally {
    await runner.query('SELECT pg_advisory_unlock($1)', [MIGRATION_LOCK]);
    await runner.release();
  }
}

/** @returns the names of migrations the database has not run yet; changes nothing. */
export async function pendingMigrations(
  rows: <Row>(sql: string) => Promise<Row[]>,
  migrations: (new () => MigrationInterface)[],
): Promise<string[]> {
  const done = await rows<{ name: string }>('SELECT name FROM schema_migration');
  const names = new Set(done.map((row) => row.name));
  return migrations.map((migration) => migration.name).filter((name) => !names.has(name));
}
