import { JOB_STAGES } from '../../src/bulk-payment/job/bulk-payment-job.repository';
import type { BillingStep } from '../../src/billing-scheduler';
import { UNCHECKED_SQL } from '../support/line-checks';
import type { FaultWorld } from './fault-world';

/** What must be there for a step to find anything to do, whoever holds it and whenever it is due. */
const WORK_OF_STEP: Readonly<Record<string, string>> = {
  ...Object.fromEntries(
    Object.entries(JOB_STAGES).map(([stage, condition]) => [
      stage,
      `SELECT FROM bulk_payment_job WHERE settled_at IS NULL AND failed_at IS NULL AND ${condition}`,
    ]),
  ),
  'check-account': `
    SELECT FROM gateway_account_check WHERE next_check_at IS NOT NULL
    UNION ALL SELECT FROM gateway_account WHERE id NOT IN (SELECT gateway_account FROM gateway_account_check)`,
  'watch-kill-switch': 'SELECT FROM kill_switch WHERE engaged',
  'verify-notification': `SELECT FROM notification WHERE state = 'Received'`,
  'prune-notifications': `SELECT FROM notification WHERE state = 'Rejected' OR given_up_at IS NOT NULL`,
  // None is as old in a world of faults.
  'prune-exchanges': 'SELECT FROM gateway_exchange WHERE false',
  'send-refund': `SELECT FROM refund WHERE ended_at IS NULL`,
  'resolve-refund': `SELECT FROM refund WHERE ended_at IS NULL OR next_attempt_at IS NOT NULL`,
  'send-payment': `SELECT FROM direct_payment WHERE state = 'Pending'`,
  'resolve-payment': `SELECT FROM direct_payment WHERE state IN ('Sending', 'Unknown') OR next_attempt_at IS NOT NULL`,
  'watch-deposit': `SELECT FROM direct_payment WHERE state = 'Awaited'`,
  'tie-out': 'SELECT FROM tie_out WHERE finished_at IS NULL',
  'look-into-message': `SELECT FROM notification WHERE state = 'Received' AND gateway <> 'tstore'`,
  'give-back': 'SELECT FROM payment_not_owed WHERE asked_back_at IS NULL AND left_because IS NULL',
  'expire-order': `SELECT FROM customer_order WHERE state IN ('Created', 'Ready')`,
  'issue-method': `SELECT FROM method_registration WHERE state = 'Issuing'`,
  'erase-method': `SELECT FROM payment_method WHERE ended_at IS NOT NULL AND erased_at IS NULL AND kind <> 'billing-token'`,
  'expire-registration': `SELECT FROM method_registration WHERE state = 'Open'`,
  'watch-doubt': `SELECT FROM bulk_payment_job WHERE state = 'Processing' AND doubt_told_at IS NULL`,
  'watch-payments': `SELECT FROM payment_watch WHERE next_look_at IS NOT NULL`,
  'expire-approval': `SELECT FROM approval WHERE state = 'Waiting' AND expires_at IS NOT NULL`,
  'check-line': `
    ${UNCHECKED_SQL}
    UNION ALL SELECT FROM line_stop WHERE told_at IS NULL`,
};

const DUE_SQL = Object.entries(WORK_OF_STEP)
  .map(([step, work]) => `SELECT '${step}' AS step WHERE EXISTS (${work})`)
  .join(' UNION ALL ');

/** Those of the steps that could do anything, and those nobody knows of: a step that finds nothing costs as much time. */
export async function dueSteps(world: FaultWorld, steps: readonly BillingStep[]): Promise<BillingStep[]> {
  const due = new Set((await world.rows<{ step: string }>(DUE_SQL)).map(({ step }) => step));
  return steps.filter(({ name }) => due.has(name) || !(name in WORK_OF_STEP));
}
