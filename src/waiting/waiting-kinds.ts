import { CONTRADICTED_AND_LET_GO_SQL, failingSql, inDoubtSql, unnotifiedJobsSql } from '../bulk-payment';
import { UNBILLED_SQL } from '../charge';
import { refusedCredentialsSql, unansweredCredentialsSql, unusedAccountsSql } from '../gateway-account';

/** One kind of thing that waits for a person. */
export interface WaitingKind {
  /** Of the metric's label and of the notice in the readiness report. */
  kind: string;
  /** In words, for people. */
  what: string;
  /** Where to look, below `/admin/v1/`. */
  link: string;
  /** What to do next. */
  act: string;
  /** A SELECT of one row each with `since`, and `detail` where there is more to say; `now` is SQL of the present. */
  sql: (now: string) => string;
}

/**
 * Only T store knows the address of a job; what comes to the shared one may be anybody's. PNS was asked about those that
 * name a job which waits, and gave no verdict: that may be T store's.
 */
const TO_OWN_ADDRESS = `EXISTS (
  SELECT FROM bulk_payment_job AS job WHERE job.callback_token_hash = notification.callback_token_hash)`;
const OF_WAITING_JOB = `callback_token_hash IS NULL AND attempts > 0 AND EXISTS (
  SELECT FROM bulk_payment_job AS job
  WHERE job.gateway_job_id = notification.gateway_job_id AND job.state IN ('Processing', 'Completed'))`;

/** Of a direct payment, that not all of it was given back. */
const NOT_GIVEN_BACK_SQL = `NOT EXISTS (
  SELECT FROM charge JOIN refund_total ON refund_total.charge_id = charge.id
  WHERE charge.id = payment.charge_id AND refund_total.refunded_amount = charge.amount)`;

const workSql = (job: string, refund: string, payment: string): string => `
  SELECT gateway_account AS account, created_at AS since, 'account ' || gateway_account || ': job ' || id AS detail
  FROM bulk_payment_job WHERE ${job}
  UNION ALL
  SELECT gateway_account, requested_at, 'account ' || gateway_account || ': refund ' || id FROM refund WHERE ${refund}
  UNION ALL
  SELECT gateway_account, created_at, 'account ' || gateway_account || ': direct payment ' || id
  FROM direct_payment WHERE ${payment}`;

/** What an account is asked for first. */
const NOT_BEGUN_SQL = workSql(`state = 'Created'`, `state = 'Requested'`, `state = 'Pending'`);

/** What goes on while an account is disabled. */
const UNDER_WAY_SQL = workSql(
  `state IN ('Processing', 'Completed', 'VerifiedCompleted') AND result_downloaded_at IS NULL`,
  `state IN ('Refunding', 'Unknown')`,
  `state IN ('Sending', 'Unknown')`,
);

/** A scheduler records its steps each minute; whichever replica runs them, one of these is silent only when none does. */
const SILENT_AFTER = '15 minutes';

/**
 * Everything that waits for a person, and the only list of it: the summary, its command, the metrics, the notices of the
 * readiness report and the log are made from this. What a stranger sent waits for nobody.
 */
export const WAITING_KINDS: readonly WaitingKind[] = [
  {
    kind: 'kill-switch',
    what: 'the kill switch is engaged: nothing is submitted, no payment is asked for and nothing refunded',
    link: 'kill-switch',
    act: 'release it once what it was engaged for is dealt with',
    sql: () => `SELECT changed_at AS since, reason AS detail FROM kill_switch WHERE engaged`,
  },
  {
    kind: 'failing-steps',
    what: 'steps of the scheduler that fail',
    link: 'summary',
    act: 'read the log of the step; nothing of its kind goes on before it is mended',
    sql: () => `SELECT failing_since AS since, step || ': ' || last_error AS detail FROM scheduler_step
      WHERE failing_since IS NOT NULL`,
  },
  {
    kind: 'silent-scheduler',
    what: 'no scheduler runs',
    link: 'summary',
    act: 'start a process with the role scheduler',
    // Where none has ever run, nothing is missed before there is work for one.
    sql: (now) => `SELECT max(last_success_at) AS since FROM scheduler_step
      HAVING max(greatest(last_success_at, last_failure_at)) < ${now} - interval '${SILENT_AFTER}'
      UNION ALL
      SELECT min(at) FROM (
        SELECT created_at AS at FROM subscription UNION ALL SELECT created_at FROM bulk_payment_job
        UNION ALL SELECT created_at FROM direct_payment) AS work
      WHERE NOT EXISTS (SELECT FROM scheduler_step) HAVING min(at) < ${now} - interval '${SILENT_AFTER}'`,
  },
  {
    kind: 'account-refused',
    what: 'gateway accounts whose newest credentials their gateway refuses',
    link: 'gateway-accounts',
    act: 'run `npm run cli -- check` of its gateway with --account: it tries them now, and says what is wrong and what to do',
    sql: (now) => `SELECT since, 'account ' || gateway_account || ': ' || detail AS detail
      FROM (${refusedCredentialsSql(now)}) AS refused`,
  },
  {
    kind: 'account-unanswered',
    what: 'gateway accounts whose credentials their gateway has said nothing of yet, however often it was asked',
    link: 'gateway-accounts',
    act: 'run `npm run cli -- check` of its gateway with --account: it says whether the gateway can be reached, and what to do',
    sql: (now) => `SELECT since, 'account ' || gateway_account || ': asked ' || attempts || ' times' AS detail
      FROM (${unansweredCredentialsSql(now)}) AS unanswered`,
  },
  {
    kind: 'no-gateway-token',
    what: 'gateway accounts that were given no access token when they asked last',
    link: 'gateway-accounts',
    act: 'run `npm run cli -- check tstore --account` of it: it says what is wrong and what to do',
    // One that is refused is told of above.
    sql: (now) => `SELECT refresh_failed_at AS since, 'account ' || account.id || ': ' || refresh_failure AS detail
      FROM oauth_token JOIN gateway_account AS account ON account.id = oauth_token.name
      WHERE account.enabled AND refresh_failed_at IS NOT NULL
        AND account.id NOT IN (SELECT gateway_account FROM (${refusedCredentialsSql(now)}) AS refused)`,
  },
  {
    kind: 'accounts-disabled',
    what: 'jobs, payments and refunds that wait because their gateway account is disabled',
    link: 'gateway-accounts',
    act: 'enable the account, or cancel what waits',
    sql: () => `SELECT since, detail FROM (${NOT_BEGUN_SQL}) AS work
      WHERE account IN (SELECT id FROM gateway_account WHERE NOT enabled)`,
  },
  {
    kind: 'accounts-unused',
    what: 'jobs, payments and refunds that wait because no scheduler has their gateway account',
    link: 'gateway-accounts',
    act: 'set the account up where the scheduler runs, in its ENVIRONMENT, and start it again; or cancel what waits',
    // While no scheduler runs, that is told of above.
    sql: (now) => `SELECT since, detail FROM (${NOT_BEGUN_SQL} UNION ALL ${UNDER_WAY_SQL}) AS work
      WHERE account IN (${unusedAccountsSql(now)}) AND since < ${now} - interval '${SILENT_AFTER}'
        AND EXISTS (SELECT FROM scheduler_step WHERE last_success_at > ${now} - interval '${SILENT_AFTER}')`,
  },
  {
    kind: 'submissions-in-doubt',
    what: 'jobs in doubt',
    link: 'bulk-payment-jobs?inDoubt=true',
    act: 'ask T store whether it has the job, then attach or close it',
    sql: (now) => `SELECT submission_started_at AS since, 'job ' || id AS detail FROM bulk_payment_job
      WHERE ${inDoubtSql('bulk_payment_job', now)}`,
  },
  {
    kind: 'jobs-failing',
    what: 'jobs whose stage fails',
    link: 'bulk-payment-jobs?failing=true',
    act: 'read why in the job’s retry; it is tried again by itself',
    sql: () => `SELECT created_at AS since, 'job ' || id || ': ' || last_error AS detail FROM bulk_payment_job
      WHERE ${failingSql('bulk_payment_job')}`,
  },
  {
    kind: 'results-refused',
    what: 'jobs whose result file is no answer to them',
    link: 'bulk-payment-jobs?failing=true',
    act: 'look at the refused file; ask T store for a whole one, or reconcile it as it is',
    sql: () => `SELECT min(first_refused_at) AS since,
        'job ' || job.id || ': ' || job.result_files_refused || ' refused' AS detail
      FROM bulk_payment_job AS job JOIN refused_result_file ON bulk_payment_job_id = job.id
      WHERE job.state = 'VerifiedCompleted' AND job.result_downloaded_at IS NULL GROUP BY job.id`,
  },
  {
    kind: 'jobs-without-notification',
    what: 'jobs without a notification for a day',
    link: 'bulk-payment-jobs?unnotified=true',
    act: 'ask T store to send the notification again, or for the job',
    sql: (now) => `SELECT submission_started_at AS since, 'job ' || id AS detail FROM ${unnotifiedJobsSql(now)}`,
  },
  {
    kind: 'line-stops',
    what: 'open line stops',
    link: 'line-stops?state=Open',
    act: 'look at its evidence, mend it, resolve it',
    sql: () => `SELECT raised_at AS since, violation AS detail FROM line_stop WHERE state = 'Open'`,
  },
  {
    kind: 'jobs-contradicted',
    what: 'jobs that the gateway has otherwise than is recorded, whose line stops were resolved all the same',
    link: 'line-stops?kind=gateway-contradicts',
    act: 'attach the gateway job that was heard of: its result tells who was charged',
    sql: () => CONTRADICTED_AND_LET_GO_SQL,
  },
  {
    kind: 'discrepancies',
    what: 'open discrepancies',
    link: 'discrepancies?state=Open',
    act: 'look each up, then accept or close it',
    sql: () => `SELECT created_at AS since, kind AS detail FROM discrepancy WHERE state = 'Open'`,
  },
  {
    kind: 'tie-out-differences',
    what: 'things that a gateway’s lists have otherwise than we do',
    link: 'tie-out-differences?state=Open',
    act: 'look at both sides, put right what is wrong or say what it is',
    sql: () => `SELECT found_at AS since, gateway_account || ', ' || day || ': ' || movement || ' ' || kind AS detail
      FROM tie_out_difference WHERE state = 'Open'`,
  },
  {
    kind: 'tie-outs-waiting',
    what: 'days that can’t be held against their gateway’s lists',
    link: 'tie-outs',
    act: 'read why in its retry; it is tried again by itself',
    sql: () => `SELECT requested_at AS since, gateway_account || ', ' || day || ': ' || last_error AS detail
      FROM tie_out WHERE finished_at IS NULL AND attempts > 2`,
  },
  {
    kind: 'unbilled-periods',
    what: 'periods that nobody bills again by itself, because people closed or declined their charge',
    link: 'charges?unbilled=true',
    act: 'bill the charge again, or cancel the subscription',
    sql: () => `SELECT charge_settlement.settled_at AS since, 'order ' || charge.order_no AS detail
      FROM settlement AS charge_settlement JOIN charge ON charge.id = charge_settlement.charge_id
      JOIN subscription AS charge_subscription ON charge_subscription.id = charge.subscription_id
      WHERE ${UNBILLED_SQL}`,
  },
  {
    kind: 'payment-methods-needed',
    what: 'subscriptions whose payment method can’t be charged: each needs another one',
    link: 'subscriptions?newMethodNeeded=true',
    act: 'ask the customer to register another (POST payment-method-registrations)',
    sql: () => `SELECT history.at AS since, 'subscription ' || subscription.id || ' of ' || subscription.customer_reference AS detail
      FROM payment_method AS method JOIN subscription ON subscription.payment_method_id = method.id
      CROSS JOIN LATERAL (
        SELECT max(at) AS at FROM payment_method_history WHERE payment_method_id = method.id) AS history
      WHERE method.state <> 'Active' AND subscription.state NOT IN ('Canceled', 'Expired')`,
  },
  {
    kind: 'billing-runs',
    what: 'billing runs that await confirmation',
    link: 'billing-runs?state=AwaitingConfirmation',
    act: 'confirm or reject',
    sql: () => `SELECT planned_at AS since, confirmation_reason AS detail FROM billing_run
      WHERE state = 'AwaitingConfirmation'`,
  },
  {
    kind: 'approvals',
    what: 'other approvals that wait for a second person',
    link: 'approvals?state=Waiting',
    act: 'approve or reject, as another person than who asked',
    sql: () => `SELECT requested_at AS since, summary AS detail FROM approval
      WHERE state = 'Waiting' AND kind NOT IN ('refund', 'billing-run')`,
  },
  {
    kind: 'notifications-rejected',
    what: 'notifications PNS disowns',
    link: 'notifications?state=Rejected',
    act: 'ask T store; the job waits for a genuine one',
    sql: (now) => `SELECT last_received_at AS since FROM notification
      WHERE state = 'Rejected' AND last_received_at > ${now} - interval '1 day' AND ${TO_OWN_ADDRESS}`,
  },
  {
    kind: 'notifications-unverified',
    what: 'notifications that can’t be verified',
    link: 'notifications?state=Received',
    act: 'see why PNS gives no verdict; they are tried again by themselves',
    sql: (now) => `SELECT received_at AS since FROM notification
      WHERE state = 'Received' AND received_at < ${now} - interval '30 minutes'
        AND (${TO_OWN_ADDRESS} OR ${OF_WAITING_JOB})`,
  },
  {
    kind: 'refunds-awaiting-release',
    what: 'refunds that await release',
    link: 'refunds?state=AwaitingRelease',
    act: 'release or cancel, as another person than who asked',
    sql: () => `SELECT requested_at AS since, 'refund ' || id AS detail FROM refund WHERE state = 'AwaitingRelease'`,
  },
  {
    kind: 'refunds-in-doubt',
    what: 'refunds in doubt',
    link: 'refunds?state=Unknown',
    act: 'wait for the lookups; where they give up, ask the gateway and resolve it',
    sql: () => `SELECT in_doubt_since AS since, 'refund ' || id AS detail FROM refund WHERE state = 'Unknown'`,
  },
  {
    kind: 'payments-in-doubt',
    what: 'payments of which nobody knows whether they were taken',
    link: 'direct-payments?state=Unknown',
    act: 'wait for the lookups; where they give up, ask the gateway and resolve it',
    sql: () => `SELECT in_doubt_since AS since, 'direct payment ' || id || ': ' || coalesce(last_error, doubt) AS detail
      FROM direct_payment WHERE state = 'Unknown'`,
  },
  {
    kind: 'payments-unanswered',
    what: 'payments and refunds that are being sent for longer than their call may take',
    link: 'direct-payments?state=Sending',
    act: 'see why no scheduler finds them out: it does so by itself',
    sql: (now) => `SELECT sent_at AS since, 'direct payment ' || id AS detail FROM direct_payment
      WHERE state = 'Sending' AND (lease_until IS NULL OR lease_until < ${now})
      UNION ALL
      SELECT sent_at, 'refund ' || id FROM refund
      WHERE state = 'Sending' AND (lease_until IS NULL OR lease_until < ${now})`,
  },
  {
    kind: 'payments-waiting',
    what: 'payments that customers agreed to ten minutes ago, or that are due for an hour, and that are not sent',
    link: 'direct-payments?state=Pending',
    act: 'see what holds them: the kill switch, a disabled account, or why the last try failed',
    sql: (now) => `SELECT created_at AS since, 'direct payment ' || id || coalesce(': ' || last_error, '') AS detail
      FROM direct_payment WHERE state = 'Pending' AND hold_reason IS NULL
        AND created_at < ${now} - CASE origin WHEN 'checkout' THEN interval '10 minutes' ELSE interval '1 hour' END`,
  },
  {
    kind: 'payments-not-owed',
    what: 'payments of orders that were canceled, or are paid by another one, and are not given back by themselves',
    link: 'orders',
    act: 'see why, and give the payment back',
    sql: (now) => `SELECT not_owed.found_at AS since,
        'order ' || charge.order_no || coalesce(': ' || not_owed.left_because, ': its refund has not ended well') AS detail
      FROM payment_not_owed AS not_owed JOIN direct_payment AS payment ON payment.id = not_owed.direct_payment_id
      JOIN charge ON charge.id = payment.charge_id
      WHERE ${NOT_GIVEN_BACK_SQL} AND (not_owed.left_because IS NOT NULL OR not_owed.found_at < ${now} - interval '1 hour')`,
  },
  {
    kind: 'refunds-waiting',
    what: 'refunds that wait for an hour',
    link: 'refunds?state=Requested',
    act: 'see what holds or fails them: heldBy and retry say so',
    sql: (now) => `SELECT requested_at AS since, 'refund ' || id AS detail FROM refund
      WHERE state = 'Requested' AND requested_at < ${now} - interval '1 hour'`,
  },
  {
    kind: 'outside-refunds',
    what: 'refunds that the gateway made without us',
    link: 'outside-refunds?state=Suspected',
    act: 'ask the gateway how much, then record or dismiss it',
    sql: () => `SELECT found_at AS since, shown AS detail FROM outside_refund WHERE state = 'Suspected'`,
  },
];

/** How many there are of each kind, since when, and what the oldest is; kinds of which there is none are left out. */
export function waitingSql(now: string): string {
  const union = WAITING_KINDS.map(
    ({ sql }, index) => `SELECT ${index} AS kind, count(*)::int AS count, min(since) AS since,
      (array_agg(to_jsonb(waiting) ->> 'detail' ORDER BY since))[1] AS detail FROM (${sql(now)}) AS waiting`,
  );
  return `SELECT * FROM (${union.join(' UNION ALL ')}) AS kinds WHERE count > 0 ORDER BY kind`;
}

/** What waits of one kind, as a row of {@link waitingSql} with its kind. */
export interface Waiting extends Pick<WaitingKind, 'kind' | 'what' | 'link' | 'act'> {
  count: number;
  since: Date;
  /** What the oldest is, where there is more to say. */
  detail: string | null;
}

/** @param rows as {@link waitingSql} yields them */
export function waitingOf(rows: readonly WaitingRow[]): Waiting[] {
  return rows.flatMap(({ kind: index, ...counted }) => {
    const found = WAITING_KINDS[index];
    return found === undefined
      ? []
      : [{ kind: found.kind, what: found.what, link: found.link, act: found.act, ...counted }];
  });
}

export interface WaitingRow {
  kind: number;
  count: number;
  since: Date;
  detail: string | null;
}
