import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The windows of a day that were opened at a gateway, for who looks all of them up. */
export class WindowsByDay1796700000041 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE INDEX order_attempt_opened ON order_attempt (opened_at) WHERE gateway_reference IS NOT NULL`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX order_attempt_opened');
  }
}
