import type { MigrationInterface, QueryRunner } from 'typeorm';

/** One row says whether anything may be sent; whoever commits an intent to send locks it, so nothing slips past. */
export class KillSwitch1763700000503 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE kill_switch (
        id boolean PRIMARY KEY DEFAULT true,
        engaged boolean NOT NULL DEFAULT false,
        reason text,
        actor text,
        changed_at timestamptz,
        CONSTRAINT kill_switch_is_one CHECK (id),
        CONSTRAINT kill_switch_engaged_has_reason
          CHECK (NOT engaged OR num_nonnulls(reason, actor, changed_at) = 3)
      )`);
    await runner.query(`INSERT INTO kill_switch DEFAULT VALUES`);
    await runner.query(`
      CREATE TABLE kill_switch_history (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        engaged boolean NOT NULL,
        reason text NOT NULL,
        actor text NOT NULL,
        at timestamptz NOT NULL
      )`);
    await runner.query(`
      CREATE TRIGGER kill_switch_history_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON kill_switch_history
      FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()`);
  }

  async down(): Promise<void> {
    throw new Error('migrations go forward only');
  }
}
