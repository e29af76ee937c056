import { withdrawnSql } from '../charge';
import { PARKED_SUBSCRIPTION_SQL } from '../line-stop';

/** Whether what `subscription` is paid by may be charged: who needs another payment method is due once it is there. */
export const CHARGEABLE_SQL = `(subscription.payment_method_id IS NULL OR EXISTS (
    SELECT FROM payment_method AS method WHERE method.id = subscription.payment_method_id AND method.state = 'Active'))`;

/**
 * Which subscriptions are due on the billing date `$1`; a condition over `subscription` joined with `product`.
 *
 * Due is who is active, has an active product, and whose next period begins on or before the date, ends not before it
 * begins, and has no charge yet: a period with a charge in flight is not due again until its result is known. A charge that
 * was withdrawn is none. In a trial
 * the next period is the one after it. Who asked to be canceled at the period's end has no next period. Who is parked by a
 * line stop waits for a person, and whose payment method is dead for another one.
 *
 * A run charges no period that begins after its date, so a period after every run that charged anything has no charge:
 * only the others are looked up, one by one, which OFFSET asks for. Joined, the charges of years would be read every time.
 */
export const DUE_SUBSCRIPTION_SQL = `subscription.state = 'Active' AND product.active
  AND subscription.next_billing_on <= $1
  AND NOT subscription.cancel_at_period_end
  AND (subscription.ends_on IS NULL OR subscription.next_billing_on < subscription.ends_on)
  AND NOT ${PARKED_SUBSCRIPTION_SQL} AND ${CHARGEABLE_SQL}
  AND (subscription.next_billing_on > (SELECT max(billing_date) FROM billing_run WHERE charge_count > 0)
    OR NOT EXISTS (
      SELECT FROM charge
      WHERE charge.subscription_id = subscription.id AND charge.period_start_on = subscription.next_billing_on
        AND NOT ${withdrawnSql('charge')}
      OFFSET 0))`;
