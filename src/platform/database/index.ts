export { Database, type SqlSession, type SqlTransaction } from './database';
export { dataSourceOptions, openDataSource, type DataSourceSettings } from './data-source';
export { migrate, pendingMigrations } from './migrate';
export { isDatabaseUnavailable, violatesUnique } from './sql-errors';
