import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Each check of the settlement log remembers how far it has looked, so that one that is new begins at the log's beginning
 * and finds what went wrong before there was such a check; the others go on where they were.
 */
export class LineCheckPositions1795300004000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE line_check (
        name text PRIMARY KEY,
        position bigint NOT NULL DEFAULT 0,
        CONSTRAINT line_check_position_not_negative CHECK (position >= 0)
      )`);
    await runner.query(`
      INSERT INTO line_check (name, position)
      SELECT name, position FROM settlement_check CROSS JOIN unnest(ARRAY['period-paid-twice', 'customer-charged-twice',
        'transaction-settled-twice', 'refunded-too-much', 'payment-refunded-too-much']) AS name`);
    // It looks at all charges: those that were declined with a transaction before it was made were retried.
    await runner.query(`INSERT INTO line_check (name) VALUES ('declined-with-transaction')`);
    // A replica of before would move all of them on at once.
    await runner.query('DROP TABLE settlement_check');
  }

  async down(): Promise<void> {
    throw new Error('migrations go forward only');
  }
}
