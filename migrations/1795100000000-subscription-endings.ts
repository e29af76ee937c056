import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Who ends on the day of a billing run, without reading every subscription. */
export class SubscriptionEndings1795100000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    // They are few, and no settlement changes these columns.
    await runner.query(`CREATE INDEX subscription_ending ON subscription (ends_on) WHERE ends_on IS NOT NULL`);
    await runner.query(`CREATE INDEX subscription_not_renewed ON subscription (id) WHERE cancel_at_period_end`);
  }

  async down(): Promise<void> {
    throw new Error('migrations go forward only');
  }
}
