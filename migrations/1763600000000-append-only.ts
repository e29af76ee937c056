import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Evidence is appended, never changed: tables of history carry a trigger that refuses UPDATE and DELETE. The trigger
 * runs once a statement, so a million appended rows cost nothing.
 */
export class AppendOnly1763600000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        RAISE EXCEPTION '% is append-only: % refused', TG_TABLE_NAME, TG_OP USING ERRCODE = 'restrict_violation';
      END
      $$`);
  }

  async down(): Promise<void> {
    throw new Error('migrations go forward only');
  }
}
