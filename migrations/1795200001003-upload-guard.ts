import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What uploads usually are: by day, and the most that one charge of a product was. */
export class UploadGuard1795200001003 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE upload_day (
        day date PRIMARY KEY,
        count integer NOT NULL,
        amount bigint NOT NULL
      )`);
    await runner.query(`
      INSERT INTO upload_day (day, count, amount)
      SELECT (created_at AT TIME ZONE 'Asia/Seoul')::date, least(sum(line_count), 2147483647), sum(total_amount)
      FROM bulk_payment_job WHERE origin = 'upload' AND failed_at IS NULL GROUP BY 1`);
    await runner.query(`
      CREATE TABLE upload_product (
        store_product_id text PRIMARY KEY,
        amount bigint NOT NULL
      )`);
  }

  async down(): Promise<void> {
    throw new Error('migrations go forward only');
  }
}
