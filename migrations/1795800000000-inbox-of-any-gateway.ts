import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Messages of any gateway. What there is came from T store; a constant default rewrites no row. A message is the same one
 * among its gateway's: two gateways' keys are made of different things.
 */
export class InboxOfAnyGateway1795800000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE notification
        ADD gateway text NOT NULL DEFAULT 'tstore',
        ADD signed_headers jsonb,
        ADD CONSTRAINT notification_gateway_known CHECK (gateway IN ('tstore', 'toss', 'kakaopay', 'portone')),
        DROP CONSTRAINT notification_message_once,
        ADD CONSTRAINT notification_message_once UNIQUE (message_key, gateway)`);
  }

  async down(): Promise<void> {
    throw new Error('migrations go forward only');
  }
}
