import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * The terms of a subscription beside its product's: an own price, a trial, an end, a cancellation at the period's end.
 * What changes without a change of state is history too, and so are the changes of products.
 */
export class SubscriptionTerms1763700000401 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE subscription
        ADD amount_override bigint,
        ADD carrier_amount_override bigint,
        ADD credit_card_amount_override bigint,
        ADD tmembership_amount_override bigint,
        ADD trial_until date,
        ADD ends_on date,
        ADD cancel_at_period_end boolean NOT NULL DEFAULT false,
        ADD CONSTRAINT subscription_override_whole CHECK (num_nonnulls(amount_override, carrier_amount_override,
          credit_card_amount_override, tmembership_amount_override) IN (0, 4)),
        ADD CONSTRAINT subscription_override_positive CHECK (amount_override > 0),
        ADD CONSTRAINT subscription_override_parts_not_negative CHECK (
          carrier_amount_override >= 0 AND credit_card_amount_override >= 0 AND tmembership_amount_override >= 0),
        ADD CONSTRAINT subscription_override_parts_add_up CHECK (
          amount_override = carrier_amount_override + credit_card_amount_override + tmembership_amount_override),
        ADD CONSTRAINT subscription_trial_after_start CHECK (trial_until > started_on),
        ADD CONSTRAINT subscription_ends_after_start CHECK (ends_on > started_on),
        ADD CONSTRAINT subscription_bills_after_start CHECK (next_billing_on >= started_on),
        ADD CONSTRAINT subscription_bills_after_trial CHECK (next_billing_on >= trial_until),
        ADD CONSTRAINT subscription_over_awaits_no_cancel
          CHECK (NOT (cancel_at_period_end AND state IN ('Canceled', 'Expired')))`);
    await runner.query(`ALTER TABLE subscription_history ADD changes jsonb`);
    await runner.query(`
      CREATE TABLE product_history (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        product_id bigint NOT NULL CONSTRAINT product_history_product REFERENCES product (id),
        cause text NOT NULL,
        changes jsonb,
        actor text NOT NULL,
        at timestamptz NOT NULL
      )`);
    await runner.query(`CREATE INDEX product_history_of ON product_history (product_id, id)`);
    await runner.query(`
      CREATE TRIGGER product_history_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON product_history
      FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()`);
  }

  async down(): Promise<void> {
    throw new Error('migrations go forward only');
  }
}
