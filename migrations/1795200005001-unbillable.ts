import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * A subscription that can't be charged is parked too. The few uploaded order numbers that look like a billing run's own are
 * found by an index of them.
 */
export class Unbillable1795200005001 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await addLineStopKind(runner, 'unbillable');
    await runner.query(`
      CREATE INDEX charge_uploaded_like_own ON charge (order_no)
      WHERE subscription_id IS NULL AND order_no LIKE 'B%'`);
  }

  async down(): Promise<void> {
    throw new Error('migrations go forward only');
  }
}

/** Adds to the kinds there are, whichever other migrations have added before. */
async function addLineStopKind(runner: QueryRunner, kind: string): Promise<void> {
  const [known] = (await runner.query(
    `SELECT pg_get_constraintdef(oid) AS definition FROM pg_constraint
     WHERE conrelid = 'line_stop'::regclass AND conname = 'line_stop_kind_known'`,
  )) as { definition: string }[];
  const kinds = [...(known?.definition.matchAll(/'([a-z-]+)'/g) ?? [])].map(([, name]) => `'${name}'`);
  await runner.query(`
    ALTER TABLE line_stop DROP CONSTRAINT line_stop_kind_known,
      ADD CONSTRAINT line_stop_kind_known CHECK (kind IN (${[...kinds, `'${kind}'`].join(', ')}))`);
}
