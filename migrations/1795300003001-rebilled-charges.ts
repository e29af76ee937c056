import type { MigrationInterface, QueryRunner } from 'typeorm';

/** A job may bill one charge again, each charge once. */
export class RebilledCharges1795300003001 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE bulk_payment_job
        ADD rebill_of_charge_id bigint CONSTRAINT bulk_payment_job_rebill_of_charge REFERENCES charge (id),
        ADD CONSTRAINT bulk_payment_job_charge_rebilled_once UNIQUE (rebill_of_charge_id),
        ADD CONSTRAINT bulk_payment_job_rebills_one_thing CHECK (num_nonnulls(rebill_of_job_id, rebill_of_charge_id) <= 1),
        ADD CONSTRAINT bulk_payment_job_rebills_one_charge CHECK (rebill_of_charge_id IS NULL OR line_count = 1)`);
    const [known] = (await runner.query(
      `SELECT pg_get_constraintdef(oid) AS definition FROM pg_constraint
       WHERE conrelid = 'approval'::regclass AND conname = 'approval_kind_known'`,
    )) as { definition: string }[];
    const kinds = [...(known?.definition.matchAll(/'([a-z-]+)'/g) ?? [])].map(([, name]) => `'${name}'`);
    await runner.query(`
      ALTER TABLE approval DROP CONSTRAINT approval_kind_known,
        ADD CONSTRAINT approval_kind_known CHECK (kind IN (${[...kinds, "'rebill'"].join(', ')}))`);
  }

  async down(): Promise<void> {
    throw new Error('migrations go forward only');
  }
}
