export { EmbeddedPostgresError } from './embedded-postgres.error';
export { startEmbeddedPostgres, type EmbeddedPostgres } from './embedded-postgres';
