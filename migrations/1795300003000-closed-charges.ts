import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * A charge whose discrepancies were all closed has an end like any other: an entry of the settlement log. And what a job's
 * result left in doubt is counted by what became of it, in one place for all who show or check it.
 */
export class ClosedCharges1795300003000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE settlement
        DROP CONSTRAINT settlement_kind_known,
        ADD CONSTRAINT settlement_kind_known
          CHECK (kind IN ('paid', 'declined', 'closed', 'refunded', 'partially-refunded')),
        ADD CONSTRAINT settlement_closed_by_decision CHECK (kind <> 'closed' OR discrepancy_id IS NOT NULL)`);
    await closeStranded(runner);
    // What people have ended otherwise than T store's answer does: few, whatever the log has.
    await runner.query(`
      CREATE INDEX settlement_by_people ON settlement (charge_id)
      WHERE result_code IN ('declined-against-evidence', 'closed-by-decision')`);
    // Decisions are checked for as long as jobs are.
    await runner.query(`CREATE INDEX discrepancy_decided ON discrepancy (decided_at) WHERE decided_at IS NOT NULL`);
    await runner.query('DROP VIEW unbalanced_job, daily_reconciliation');
    for (const view of [JOB_DECISIONS, JOB_NUMBERS, UNBALANCED_JOB, DAILY_RECONCILIATION]) await runner.query(view);
  }

  async down(): Promise<void> {
    throw new Error('migrations go forward only');
  }
}

/** Those closed before there was such an entry were neither settled nor ever billed again, and nobody was told. */
async function closeStranded(runner: QueryRunner): Promise<void> {
  await runner.query(`
    INSERT INTO settlement (position, charge_id, subscription_id, period_start_on, kind, amount, transaction_id,
      result_code, result_message, bulk_payment_job_id, discrepancy_id, settled_at)
    SELECT nextval('settlement_position'), charge.id, charge.subscription_id, charge.period_start_on, 'closed',
      charge.amount, last.found ->> 'transactionId', 'closed-by-decision', last.decision_reason,
      charge.bulk_payment_job_id, last.id, last.decided_at
    FROM (
      SELECT DISTINCT ON (charge_id) * FROM discrepancy WHERE charge_id IS NOT NULL AND state = 'Closed'
      ORDER BY charge_id, decided_at DESC, id DESC) AS last
    JOIN charge ON charge.id = last.charge_id
    WHERE NOT EXISTS (SELECT FROM discrepancy AS open WHERE open.charge_id = charge.id AND open.state <> 'Closed')
      AND NOT EXISTS (SELECT FROM settlement WHERE settlement.charge_id = charge.id AND refund_id IS NULL)
    ORDER BY last.decided_at, charge.id`);
}

const tally = (name: string, amount: string, condition: string): string =>
  `count(*) FILTER (WHERE ${condition}) AS ${name}_count,
    coalesce(sum(${amount}) FILTER (WHERE ${condition}), 0) AS ${name}_amount`;

/** What became of the charges that a job's result left missing or quarantined, by what people decided. */
const JOB_DECISIONS = `
  CREATE VIEW job_decisions AS
  SELECT bulk_payment_job_id AS job_id,
    ${tally('accepted_paid', 'amount', "decision = 'paid'")},
    ${tally('accepted_declined', 'amount', "decision = 'declined'")},
    ${tally('closed', 'amount', "decision = 'closed'")},
    ${tally('open', 'amount', "decision = 'open'")}
  FROM (
    SELECT discrepancy.bulk_payment_job_id, charge.amount,
      CASE WHEN bool_or(discrepancy.state = 'Open') THEN 'open'
        ELSE coalesce(max(discrepancy.accepted_as), 'closed') END AS decision
    FROM discrepancy JOIN charge ON charge.id = discrepancy.charge_id
    GROUP BY discrepancy.bulk_payment_job_id, charge.id) AS doubtful
  GROUP BY bulk_payment_job_id`;

const DECISIONS = ['accepted_paid', 'accepted_declined', 'closed'];
const numbersOf = (names: readonly string[], table = ''): string =>
  names.map((name) => `${table}${name}_count, ${table}${name}_amount`).join(', ');

const byLine = (kind: string) => `settlement.kind = '${kind}' AND settlement.discrepancy_id IS NULL`;
const byDecision = (kind: string) => `settlement.kind = '${kind}' AND settlement.discrepancy_id IS NOT NULL`;

/** A settled job's numbers: what it says, what people decided since, and what charges and settlement log say. */
const JOB_NUMBERS = `
  CREATE VIEW job_numbers AS
  SELECT numbers.*,
    (line_count, total_amount, ${numbersOf(['paid', 'declined', ...DECISIONS])})
      IS NOT DISTINCT FROM
      (charged_count, charged_amount, ${numbersOf(['paid', 'declined', ...DECISIONS], 'logged_')})
    AND line_count = paid_count + declined_count + missing_count + quarantined_count
    AND total_amount = paid_amount + declined_amount + missing_amount + quarantined_amount
    AND missing_count + quarantined_count
      = accepted_paid_count + accepted_declined_count + closed_count + open_count
    AND missing_amount + quarantined_amount
      = accepted_paid_amount + accepted_declined_amount + closed_amount + open_amount AS balanced
  FROM (
    SELECT job.id AS job_id, job.submission_started_at, job.line_count, job.total_amount,
      ${numbersOf(['paid', 'declined', 'missing', 'quarantined'], 'job.')},
      ${[...DECISIONS, 'open']
        .flatMap((name) => [`${name}_count`, `${name}_amount`])
        .map((column) => `coalesce(decided.${column}, 0) AS ${column}`)
        .join(', ')},
      logged.*
    FROM bulk_payment_job AS job
    LEFT JOIN LATERAL (SELECT * FROM job_decisions WHERE job_decisions.job_id = job.id) AS decided ON true
    CROSS JOIN LATERAL (
      SELECT count(DISTINCT charge.id) AS charged_count, coalesce(sum(charge.amount), 0) AS charged_amount,
        ${tally('logged_paid', 'settlement.amount', byLine('paid'))},
        ${tally('logged_declined', 'settlement.amount', byLine('declined'))},
        ${tally('logged_accepted_paid', 'settlement.amount', byDecision('paid'))},
        ${tally('logged_accepted_declined', 'settlement.amount', byDecision('declined'))},
        ${tally('logged_closed', 'settlement.amount', byDecision('closed'))}
      FROM charge
      LEFT JOIN settlement ON settlement.charge_id = charge.id AND settlement.refund_id IS NULL
      WHERE charge.bulk_payment_job_id = job.id) AS logged
    WHERE job.settled_at IS NOT NULL) AS numbers`;

const UNBALANCED_JOB = 'CREATE VIEW unbalanced_job AS SELECT * FROM job_numbers WHERE NOT balanced';

const sum = (what: 'count' | 'amount', of: string, name: string, condition = ''): string =>
  `coalesce(sum(${of})${condition}, 0) AS ${name}_${what}`;
const sums = (name: string, table = ''): string =>
  [sum('count', `${table}${name}_count`, name), sum('amount', `${table}${name}_amount`, name)].join(', ');
const jobs = (name: string, condition: string): string =>
  [
    sum('count', 'line_count', name, ` FILTER (WHERE ${condition})`),
    sum('amount', 'total_amount', name, ` FILTER (WHERE ${condition})`),
  ].join(', ');

const DAILY_RECONCILIATION = `
  CREATE VIEW daily_reconciliation AS
  SELECT (submission_started_at AT TIME ZONE 'Asia/Seoul')::date AS day, count(*)::integer AS jobs,
    sum(line_count) AS requested_count, sum(total_amount) AS requested_amount,
    ${['paid', 'declined', 'missing', 'quarantined'].map((name) => sums(name)).join(', ')},
    ${jobs('failed', "state = 'Failed'")},
    ${jobs('awaited', "state <> 'Failed' AND reconciled_at IS NULL")},
    ${[...DECISIONS, 'open'].map((name) => sums(name, 'decided.')).join(', ')}
  FROM bulk_payment_job
  LEFT JOIN LATERAL (
    SELECT * FROM job_decisions WHERE job_decisions.job_id = bulk_payment_job.id AND reconciled_at IS NOT NULL)
    AS decided ON true
  WHERE submission_started_at IS NOT NULL
  GROUP BY 1`;
