/** Whether a line stop, open or resolved, says that the gateway was heard to contradict what is recorded of `job`. */
const heardSql = (job: string): string => `EXISTS (
  SELECT FROM line_stop AS heard
  WHERE heard.bulk_payment_job_id = ${job}.id AND heard.kind = 'gateway-contradicts')`;

/**
 * Whether `job`, a row of `bulk_payment_job`, failed here and was heard to be at the gateway all the same, and nobody has
 * brought it back: its charges may have taken money, whoever has resolved the line stop.
 */
export const contradictedSql = (job: string): string => `(${job}.state = 'Failed' AND ${heardSql(job)})`;

/**
 * Jobs that are not what the gateway was heard to say, and of which no line stop is open any more: their money may have moved, and
 * nothing else reminds anybody. Each with `since` and `detail`.
 */
export const CONTRADICTED_AND_LET_GO_SQL = `
  SELECT max(heard.resolved_at) AS since,
    format('job %s, which the gateway has as %s', job.id, min(heard.evidence ->> 'gatewayJobId')) AS detail
  FROM line_stop AS heard JOIN bulk_payment_job AS job ON job.id = heard.bulk_payment_job_id
  WHERE heard.kind = 'gateway-contradicts'
  GROUP BY job.id
  HAVING bool_and(heard.state = 'Resolved')
    AND (job.state = 'Failed'
      OR job.gateway_job_id <> ALL (array_agg(heard.evidence ->> 'gatewayJobId')))`;

/** Failed jobs that PNS has confirmed a message of, and that nothing was raised of: whatever the way they came there. */
export const UNRAISED_CONTRADICTIONS_SQL = `
  SELECT job.id AS "jobId", notification.gateway_job_id AS "gatewayJobId"
  FROM bulk_payment_job AS job
  JOIN notification ON notification.callback_token_hash = job.callback_token_hash
  WHERE job.state = 'Failed' AND notification.state = 'Verified' AND notification.gateway_job_id IS NOT NULL
    AND NOT ${heardSql('job')}
  ORDER BY job.id LIMIT 1`;

/**
 * A period that a customer paid for by one charge while the gateway has another charge of it in a job that failed here. That
 * one is in no settlement log, so that no check of paid charges alone can see it.
 *
 * @param which SQL that narrows `paid`, an entry of the settlement log, or `taken_job`
 */
const paidBesideTaken = (which: string): string => `
  SELECT 'period-paid-twice' AS kind, NULL::bigint AS bulk_payment_job_id, taken.subscription_id,
    format('subscription %s paid for the period from %s by order %s, and the gateway has order %s of it in job %s, which failed',
      taken.subscription_id, taken.period_start_on, charge.order_no, taken.order_no, taken_job.id) AS violation,
    jsonb_build_object('periodStartOn', taken.period_start_on, 'payments', jsonb_build_array(jsonb_build_object(
        'orderNo', charge.order_no, 'jobId', charge.bulk_payment_job_id::text, 'amount', paid.amount,
        'transactionId', paid.transaction_id, 'position', paid.position::text)),
      'taken', jsonb_build_object('orderNo', taken.order_no, 'jobId', taken_job.id::text, 'amount', taken.amount,
        'gatewayJobId', taken_job.heard_as)) AS evidence
  FROM (
    SELECT job.id, min(heard.evidence ->> 'gatewayJobId') AS heard_as
    FROM line_stop AS heard JOIN bulk_payment_job AS job ON job.id = heard.bulk_payment_job_id
    WHERE heard.kind = 'gateway-contradicts' AND job.state = 'Failed'
    GROUP BY job.id) AS taken_job
  JOIN charge AS taken ON taken.bulk_payment_job_id = taken_job.id
  JOIN charge ON charge.subscription_id = taken.subscription_id AND charge.period_start_on = taken.period_start_on
    AND charge.id <> taken.id
  JOIN settlement AS paid ON paid.charge_id = charge.id AND paid.refund_id IS NULL AND paid.kind = 'paid'
  WHERE ${which}`;

/**
 * Keeps failed jobs that the gateway was heard to have as they are for a transaction: whoever brings one back resolves what
 * was raised of it, and must find it all.
 */
export const KEEP_TAKEN_JOBS_SQL = `
  SELECT id FROM bulk_payment_job
  WHERE state = 'Failed' AND id IN (SELECT bulk_payment_job_id FROM line_stop WHERE kind = 'gateway-contradicts')
  ORDER BY id FOR SHARE`;

/** Looks at the settlement log behind position `$1` up to `$2`. */
export const PAID_BESIDE_TAKEN_SQL = paidBesideTaken('paid.position > $1 AND paid.position <= $2');

/** Looks at what was paid beside the job `$1`, which was just heard to be at the gateway. */
export const PAID_BESIDE_JOB_SQL = paidBesideTaken('taken_job.id = $1');
