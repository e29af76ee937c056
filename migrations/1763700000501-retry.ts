import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * When a declined period is tried again stands on the subscription, whose row a decline changes anyway: settling writes
 * nothing more for it, and planning finds what is due by a small index.
 */
export class Retry1763700000501 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE subscription
        ADD decline_count smallint NOT NULL DEFAULT 0,
        ADD retry_on date`);
    await runner.query(`UPDATE subscription SET decline_count = 1 WHERE state = 'PastDue'`);
    await runner.query(`
      ALTER TABLE subscription
        ADD CONSTRAINT subscription_past_due_was_declined CHECK (state <> 'PastDue' OR decline_count > 0),
        ADD CONSTRAINT subscription_active_owes_nothing CHECK (state NOT IN ('Active', 'Paused') OR decline_count = 0),
        ADD CONSTRAINT subscription_retries_a_decline CHECK (retry_on IS NULL OR decline_count > 0),
        ADD CONSTRAINT subscription_retries_past_due CHECK (retry_on IS NULL OR state = 'PastDue')`);
    // No index finds what is due on a day: one scan does, and it keeps each change of a subscription on its page (decision 6).
  }

  async down(): Promise<void> {
    throw new Error('migrations go forward only');
  }
}
