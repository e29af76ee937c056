import type { TransitionTable } from '../kernel/transitions';
import { ENDED_BY_PEOPLE_SQL } from './settlement-effects';

/**
 * The life of a charge. No column holds the state: it follows from what is recorded anyway (docs/decisions/0001).
 *
 * - Pending: planned or uploaded, or made for another gateway; nothing of it is sent yet. Moved on by the job's submission, or
 *   taken out before it, because it is not wanted any more.
 * - Withdrawn: never sent, because its subscription was canceled, paused or otherwise changed before.
 * - Submitted: its job's sending began. Moved on by the settlement of its result line, or, where that is missing or
 *   discrepant, by a person's decision on its discrepancy.
 * - Paid, Declined: the gateway's answer, or a decision in its place, applied once.
 * - Closed: decided that it counts neither as paid nor as declined. Its period is billed again by a person only.
 * - Refunding: a refund of it is asked for and has not ended. Moved on by the refund's end.
 * - Refunded, PartiallyRefunded: what its refunds have given back, all of it or a part. A refund that was none is reversed.
 */
export const CHARGE_TRANSITIONS = {
  Pending: { submit: 'Submitted', withdraw: 'Withdrawn' },
  Withdrawn: {},
  Submitted: { pay: 'Paid', decline: 'Declined', close: 'Closed' },
  Paid: { refund: 'Refunding' },
  Declined: {},
  Closed: {},
  Refunding: { 'all-refunded': 'Refunded', 'part-refunded': 'PartiallyRefunded', 'none-refunded': 'Paid' },
  PartiallyRefunded: { refund: 'Refunding', 'all-reversed': 'Paid' },
  Refunded: { 'all-reversed': 'Paid', 'part-reversed': 'PartiallyRefunded' },
} as const satisfies TransitionTable<ChargeStateName, ChargeEvent>;

type ChargeStateName =
  | 'Pending'
  | 'Withdrawn'
  | 'Submitted'
  | 'Paid'
  | 'Declined'
  | 'Closed'
  | 'Refunding'
  | 'PartiallyRefunded'
  | 'Refunded';
type ChargeEvent =
  | 'submit'
  | 'withdraw'
  | 'pay'
  | 'decline'
  | 'close'
  | 'refund'
  | `${'all' | 'part' | 'none'}-refunded`
  | `${'all' | 'part'}-reversed`;
export type ChargeState = keyof typeof CHARGE_TRANSITIONS;

/** Where one begins. */
export const CHARGE_FIRST_STATES = ['Pending'] as const satisfies readonly ChargeState[];

/**
 * The state in SQL, over `charge_settlement` (its settlement, or nothing), `charge_sent` and `charge_sent_alone` (how what
 * carries it, or itself, was sent, or nothing), `charge_withdrawal` (why it was taken out unsent, or nothing) and `charge_refund`
 * (the totals of its refunds, or nothing).
 */
export const CHARGE_STATE_SQL = `
  CASE
    WHEN charge_refund.pending_amount > 0 THEN 'Refunding'
    WHEN charge_refund.refunded_amount = charge_refund.amount THEN 'Refunded'
    WHEN charge_refund.refunded_amount > 0 THEN 'PartiallyRefunded'
    WHEN charge_settlement.kind = 'paid' THEN 'Paid'
    WHEN charge_settlement.kind = 'declined' THEN 'Declined'
    WHEN charge_settlement.kind = 'closed' THEN 'Closed'
    WHEN charge_withdrawal.reason IS NOT NULL THEN 'Withdrawn'
    WHEN coalesce(charge_sent.sent_at, charge_sent_alone.sent_at) IS NOT NULL THEN 'Submitted'
    ELSE 'Pending'
  END`;

/** Without a settlement, in a job that can have such charges. */
const UNSETTLED_SQL = (ofJobs: string): string => `charge_settlement.charge_id IS NULL
  AND charge.bulk_payment_job_id IN (SELECT bulk_payment_job_id FROM charge_sent WHERE ${ofJobs})`;

/**
 * Each state as conditions over the same, in a form that finds what is rare by an index: charges without a settlement are
 * looked for in the jobs that can have some, refunded ones among the refunds. Several are ways to be in the state, each with an
 * index of its own, so they are asked one by one.
 */
export const CHARGE_STATE_CONDITIONS: Readonly<Record<ChargeState, readonly [string, ...string[]]>> = {
  Pending: [
    `charge_withdrawal.charge_id IS NULL AND ${UNSETTLED_SQL('sent_at IS NULL')}`,
    `charge_settlement.charge_id IS NULL AND charge.bulk_payment_job_id IS NULL
      AND charge.id NOT IN (SELECT charge_id FROM charge_sent_alone WHERE is_awaited)`,
  ],
  Withdrawn: ['charge_withdrawal.charge_id IS NOT NULL'],
  Submitted: [
    UNSETTLED_SQL('is_awaited'),
    `charge_settlement.charge_id IS NULL
      AND charge.id IN (SELECT charge_id FROM charge_sent_alone WHERE is_awaited)`,
  ],
  Paid: [
    `charge_settlement.kind = 'paid'
      AND coalesce(charge_refund.pending_amount, 0) = 0 AND coalesce(charge_refund.refunded_amount, 0) = 0`,
  ],
  Declined: [`charge_settlement.kind = 'declined'`],
  Closed: [`charge_settlement.kind = 'closed' AND charge_settlement.${ENDED_BY_PEOPLE_SQL}`],
  Refunding: ['charge_refund.pending_amount > 0'],
  PartiallyRefunded: [
    `charge_refund.pending_amount = 0
      AND charge_refund.refunded_amount > 0 AND charge_refund.refunded_amount < charge_refund.amount`,
  ],
  Refunded: ['charge_refund.refunded_amount = charge_refund.amount'],
};
