import { MigrationExecutor, type DataSource, type MigrationInterface } from 'typeorm';
import { openDataSource } from './data-source';
import { assertFits } from './server-check';

/** Any constant will do, as long as nobody else in the database takes the same advisory lock. */
const MIGRATION_LOCK = 7_261_543_001;

/** What a role that owns no table needs: its owner's help, which this command gives. */
const GRANT_FIRST = 'run npm run migrate -- --grant-to with its name, as the role that owns the tables';

interface Standing {
  role: string;
  exists: boolean;
  mayRead: boolean;
  mayChange: boolean;
}

const UNKNOWN_STANDING: Standing = { role: '', exists: false, mayRead: false, mayChange: false };

/** Who we are to the schema: its owner, somebody whom the owner has let in, or a stranger. */
const STANDING = `SELECT current_user AS role, tables.oid IS NOT NULL AS exists,
  coalesce(has_table_privilege(tables.oid, 'SELECT'), false) AS "mayRead",
  coalesce(pg_has_role(tables.relowner, 'USAGE'), has_schema_privilege('public', 'CREATE')) AS "mayChange"
  FROM (VALUES (to_regclass('public.schema_migration'))) AS found (oid) LEFT JOIN pg_class AS tables USING (oid)`;

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
 * A role that may not change the schema is content when there is nothing to do.
 *
 * @returns the names of the migrations that ran now
 */
export async function runMigrations(dataSource: DataSource): Promise<string[]> {
  const runner = dataSource.createQueryRunner();
  try {
    await runner.query('SELECT pg_advisory_lock($1)', [MIGRATION_LOCK]);
    const rows = async <Row>(sql: string): Promise<Row[]> => (await runner.query(sql)) as Row[];
    const [{ role, exists, mayRead, mayChange } = UNKNOWN_STANDING] = await rows<Standing>(STANDING);
    if (exists && !mayRead) throw new Error(`the role "${role}" has no rights here; ${GRANT_FIRST}`);
    const migrations = migrationsOf(dataSource);
    const { pending, unknown } = exists ? await compareSchema(rows, migrations) : { pending: migrations, unknown: [] };
    if (unknown.length > 0) throw new Error(newerSchema(unknown));
    if (pending.length === 0) return [];
    if (!mayChange) {
      throw new Error(
        `${pending.length} migration(s) have not run, and the role "${role}" may not change the schema; ${GRANT_FIRST}`,
      );
    }
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

/** Where a database and this version part: what it has not run yet, and what this version has never heard of. */
export async function compareSchema(
  rows: <Row>(sql: string) => Promise<Row[]>,
  migrations: readonly string[],
): Promise<{ pending: string[]; unknown: string[] }> {
  const done = (await rows<{ name: string }>('SELECT name FROM schema_migration')).map((row) => row.name);
  return {
    pending: migrations.filter((name) => !done.includes(name)),
    unknown: done.filter((name) => !migrations.includes(name)),
  };
}

/** A newer version's columns and rules are unknown here: what would be written may be wrong, so nothing is. */
export function newerSchema(unknown: readonly string[]): string {
  return `the database belongs to a newer version, with ${unknown.length} migration(s) unknown here; run that version`;
}

function migrationsOf(dataSource: DataSource): string[] {
  return dataSource.migrations.map((migration) => migration.name ?? migration.constructor.name);
}
