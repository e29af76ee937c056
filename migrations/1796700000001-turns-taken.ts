import type { MigrationInterface, QueryRunner } from 'typeorm';

/** How many turns of a pace were taken together last: what is sent side by side takes its turns by one statement. */
export class TurnsTaken1796700000001 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE pace ADD COLUMN taken integer NOT NULL DEFAULT 1`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE pace DROP COLUMN taken`);
  }
}
