import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * What the gateway was heard to say against a Failed job holds back whatever charges its periods again and is not sent,
 * whether the line stop is open or resolved; resolving a stop may wait for a second person; and one check more.
 */
export class GatewayEvidence1795500100000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    // As before, and behind UNION ALL what is new: two selects, so that each keeps its index.
    await runner.query(`
      CREATE OR REPLACE FUNCTION line_stop_of_job(of_job_id bigint) RETURNS bigint LANGUAGE sql STABLE AS $$
        WITH RECURSIVE lineage AS (
          SELECT id, state, rebill_of_job_id FROM bulk_payment_job WHERE id = of_job_id
          UNION ALL
          SELECT earlier.id, lineage.state, earlier.rebill_of_job_id
          FROM lineage JOIN bulk_payment_job AS earlier ON earlier.id = lineage.rebill_of_job_id
          WHERE lineage.state = 'Created')
        SELECT min(id) FROM (
          SELECT stop.id FROM line_stop AS stop
          WHERE stop.state = 'Open' AND (
            stop.bulk_payment_job_id IN (SELECT id FROM lineage)
            OR EXISTS (
              SELECT FROM charge JOIN lineage ON lineage.id = charge.bulk_payment_job_id
              WHERE charge.subscription_id = stop.subscription_id
                AND lineage.id = of_job_id AND lineage.state = 'Created'))
          UNION ALL
          SELECT heard.id
          FROM line_stop AS heard JOIN bulk_payment_job AS failed ON failed.id = heard.bulk_payment_job_id
          WHERE heard.kind = 'gateway-contradicts' AND failed.state = 'Failed'
            AND EXISTS (SELECT FROM lineage WHERE id = of_job_id AND state = 'Created')
            AND EXISTS (
              SELECT FROM charge AS again JOIN charge AS taken
                ON taken.subscription_id = again.subscription_id AND taken.period_start_on = again.period_start_on
              WHERE again.bulk_payment_job_id = of_job_id AND taken.bulk_payment_job_id = failed.id)) AS stop
      $$`);
    const [known] = (await runner.query(
      `SELECT pg_get_constraintdef(oid) AS definition FROM pg_constraint
       WHERE conrelid = 'approval'::regclass AND conname = 'approval_kind_known'`,
    )) as { definition: string }[];
    const kinds = [...(known?.definition.matchAll(/'([a-z-]+)'/g) ?? [])].map(([, name]) => `'${name}'`);
    await runner.query(`
      ALTER TABLE approval DROP CONSTRAINT approval_kind_known,
        ADD CONSTRAINT approval_kind_known CHECK (kind IN (${[...kinds, "'line-stop'"].join(', ')}))`);
    await runner.query(`INSERT INTO line_check (name) VALUES ('paid-beside-taken')`);
  }

  async down(): Promise<void> {
    throw new Error('migrations go forward only');
  }
}
