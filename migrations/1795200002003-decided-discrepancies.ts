import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What became of the charges that a day's results left missing or quarantined. */
export class DecidedDiscrepancies1795200002003 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    const [view] = (await runner.query(
      `SELECT pg_get_viewdef('daily_reconciliation'::regclass, true) AS definition`,
    )) as { definition: string }[];
    const [columns, rest] = (view?.definition ?? '').split(/\n\s+FROM bulk_payment_job\b/);
    const sums = ['accepted_paid', 'accepted_declined', 'closed', 'open'].flatMap((end) =>
      ['count', 'amount'].map((what) => `coalesce(sum(decided.${end}_${what}), 0) AS ${end}_${what}`),
    );
    await runner.query(`
      CREATE OR REPLACE VIEW daily_reconciliation AS ${columns}, ${sums.join(', ')}
      FROM bulk_payment_job CROSS JOIN LATERAL (${DECIDED}) AS decided ${rest}`);
  }

  async down(): Promise<void> {
    throw new Error('migrations go forward only');
  }
}

const tally = (end: string, condition: string): string =>
  `count(*) FILTER (WHERE ${condition}) AS ${end}_count, sum(amount) FILTER (WHERE ${condition}) AS ${end}_amount`;

const DECIDED = `
  SELECT ${tally('accepted_paid', "kind = 'paid'")}, ${tally('accepted_declined', "kind = 'declined'")},
    ${tally('closed', 'kind IS NULL AND NOT is_open')}, ${tally('open', 'kind IS NULL AND is_open')}
  FROM (
    SELECT charge.amount, settlement.kind, doubtful.is_open
    FROM (
      SELECT charge_id, bool_or(state = 'Open') AS is_open FROM discrepancy
      WHERE discrepancy.bulk_payment_job_id = bulk_payment_job.id AND charge_id IS NOT NULL GROUP BY charge_id) AS doubtful
    JOIN charge ON charge.id = doubtful.charge_id
    LEFT JOIN settlement ON settlement.charge_id = charge.id AND settlement.refund_id IS NULL) AS charges`;
