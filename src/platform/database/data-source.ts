import {
  DataSource,
  type DataSourceOptions,
  type EntityTarget,
  type MixedList,
  type MigrationInterface,
} from 'typeorm';
import { pooled } from './connection';

export interface DataSourceSettings {
  url: string;
  poolSize: number;
  entities?: EntityTarget<unknown>[];
  migrations?: MixedList<new () => MigrationInterface>;
}

/** A statement that runs longer than this is a fault; long work runs in bounded batches or raises it for itself. */
const STATEMENT_TIMEOUT_MS = 300_000;
/** A transaction left idle by a stuck process must not hold its locks for ever. */
const IDLE_IN_TRANSACTION_TIMEOUT_MS = 60_000;
/** A server with much else to do takes a connection late; one that is down refuses it at once. */
const CONNECT_TIMEOUT_MS = 30_000;

/** The one way a TypeORM data source is set up here: no schema synchronisation, bounded waits, named in pg_stat_activity. */
export function dataSourceOptions(settings: DataSourceSettings): DataSourceOptions {
  return {
    type: 'postgres',
    url: settings.url,
    applicationName: 'tstore-merchant-billing',
    poolSize: settings.poolSize,
    connectTimeoutMS: CONNECT_TIMEOUT_MS,
    entities: (settings.entities ?? []) as NonNullable<DataSourceOptions['entities']>,
    migrations: settings.migrations ?? [],
    migrationsTableName: 'schema_migration',
    synchronize: false,
    logging: false,
    extra: pooled({
      statement_timeout: STATEMENT_TIMEOUT_MS,
      idle_in_transaction_session_timeout: IDLE_IN_TRANSACTION_TIMEOUT_MS,
    }),
  };
}

export async function openDataSource(settings: DataSourceSettings): Promise<DataSource> {
  return new DataSource(dataSourceOptions(settings)).initialize();
}
