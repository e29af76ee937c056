export { withinSql } from './appended';
export { nullable, wonColumn } from './columns';
export { Connection, openPool } from './connection';
export type { CopiedRows } from './copied-rows';
export { copyBytes, copyInto, copyLine, copyOut, copyText } from './copy';
export { DatabaseModule } from './database.module';
export { Database, type SqlSession, type SqlTransaction } from './database';
export { openDataSource } from './data-source';
export { compareSchema, migrate, newerSchema, openMigrations, runMigrations } from './migrate';
export { UnfitDatabaseError, assertFits } from './server-check';
export {
  databaseTrouble,
  isDatabaseUnavailable,
  isTransactionConflict,
  refusesRow,
  violatedKeyOf,
  violatesCheck,
  violatesUnique,
  type DatabaseTrouble,
} from './sql-errors';
export { onConnectionsFor, type KeptPools, type Purpose } from './kept-connections';
export { BILLING_WAKE_CHANNEL, wakeBilling } from './wake';
export { STEP_BY_STEP } from './step-by-step';
