import type { MigrationInterface } from 'typeorm';
import { openDataSource } from './data-source';

/** Any constant will do, as long as nobody else in the database takes the same advisory lock. */
const MIGRATION_LOCK = 7_261_543_001;

/**
 * Brings the schema up to date. Replicas that start together wait for one another; each migration is one transaction.
 *
 * @returns the names of the migrations that ran now
 */
export async function migrate(url: string, migrations: (new () => MigrationInterface)[]): Promise<string[]> {
  const dataSource = await openDataSource({ url, poolSize: 2, migrations });
  try {
    const lockHolder = dataSource.createQueryRunner();
    try {
      await lockHolder.query('SELECT pg_advisory_lock($1)', [MIGRATION_LOCK]);
      const done = await dataSource.runMigrations();
      return done.map((migration) => migration.name);
    } finally {
      await lockHolder.query('SELECT pg_advisory_unlock($1)', [MIGRATION_LOCK]);
      await lockHolder.release();
    }
  } finally {
    await dataSource.destroy();
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
