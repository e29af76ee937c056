import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Since when a gateway says of secrets what it says, or has not said anything: it is tried again and again, and `judged_at` is the last time. */
export class GatewayAccountCheckSince1796700000012 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE gateway_account_check ADD COLUMN since timestamptz');
    await runner.query('UPDATE gateway_account_check SET since = coalesce(judged_at, in_use_at)');
    await runner.query('ALTER TABLE gateway_account_check ALTER COLUMN since SET NOT NULL');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE gateway_account_check DROP COLUMN since');
  }
}
