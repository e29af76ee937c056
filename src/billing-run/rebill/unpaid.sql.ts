import { contradictedSql } from '../../bulk-payment';

/**
 * Whether `charge` took no money as far as anybody knows: it ended unpaid, or T store never had its job, and was not heard to
 * have it. While a charge of a period is otherwise, the period is not charged again.
 */
export const unpaidSql = (charge: string): string => `(EXISTS (
    SELECT FROM settlement
    WHERE settlement.charge_id = ${charge}.id AND refund_id IS NULL AND kind IN ('declined', 'closed'))
  OR EXISTS (
    SELECT FROM bulk_payment_job AS failed
    WHERE failed.id = ${charge}.bulk_payment_job_id AND failed.state = 'Failed' AND NOT ${contradictedSql('failed')}))`;
