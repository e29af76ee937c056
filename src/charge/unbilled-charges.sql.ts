import { ENDED_BY_PEOPLE_SQL } from './settlement-effects';
import { withdrawnSql } from './unwanted-charges';

/**
 * Whether the period of `charge` is the one its `charge_subscription` is to be billed for next, was tried by no later charge, and may be
 * billed at all.
 */
export const PERIOD_IS_OWED_SQL = `charge_subscription.next_billing_on = charge.period_start_on
  AND charge_subscription.state IN ('Active', 'PastDue') AND NOT charge_subscription.cancel_at_period_end
  AND (charge_subscription.ends_on IS NULL OR charge_subscription.next_billing_on < charge_subscription.ends_on)
  AND NOT EXISTS (
    SELECT FROM charge AS later
    WHERE later.subscription_id = charge.subscription_id AND later.period_start_on = charge.period_start_on
      AND later.attempt > charge.attempt AND NOT ${withdrawnSql('later')})`;

/**
 * A condition over the same and `charge_settlement`: people ended the charge, and its subscription stands still, because nobody
 * bills the period again but a person.
 */
export const UNBILLED_SQL = `charge_settlement.refund_id IS NULL AND charge_settlement.kind IN ('declined', 'closed')
  AND charge_settlement.${ENDED_BY_PEOPLE_SQL} AND ${PERIOD_IS_OWED_SQL}`;
