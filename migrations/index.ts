import type { MigrationInterface } from 'typeorm';

/** Every migration, in the order they run. A list rather than a glob: a glob over compiled files registers each twice. */
export const MIGRATIONS: (new () => MigrationInterface)[] = [];
