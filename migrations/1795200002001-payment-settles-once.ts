import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * A payment settles one charge, ever, whichever jobs or decisions name it; and what is given back of it is counted for
 * the payment too. Where several charges were settled by one payment before, they keep their settlements, and each is a
 * line stop.
 */
export class PaymentSettlesOnce1795200002001 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await nameKinds(runner);
    await settleOnce(runner);
    await countRefundsOfPayments(runner);
  }

  async down(): Promise<void> {
    throw new Error('migrations go forward only');
  }
}

async function nameKinds(runner: QueryRunner): Promise<void> {
  await runner.query(`
    ALTER TABLE discrepancy
      DROP CONSTRAINT discrepancy_kind_known,
      ADD CONSTRAINT discrepancy_kind_known CHECK (kind IN ('missing', 'duplicate', 'unknown-order', 'amount-mismatch',
        'identity-mismatch', 'malformed', 'unclear-outcome', 'transaction-shared'))`);
  await runner.query(`
    ALTER TABLE line_stop
      DROP CONSTRAINT line_stop_kind_known,
      ADD CONSTRAINT line_stop_kind_known CHECK (kind IN ('charged-twice', 'period-paid-twice', 'customer-charged-twice',
        'transaction-settled-twice', 'declined-with-transaction', 'refunded-too-much', 'numbers-differ',
        'gateway-contradicts'))`);
}

async function settleOnce(runner: QueryRunner): Promise<void> {
  await runner.query('ALTER TABLE settlement ADD shares_transaction boolean');
  await runner.query(`
    INSERT INTO line_stop (kind, bulk_payment_job_id, subscription_id, violation, evidence, raised_at)
    SELECT 'transaction-settled-twice', CASE WHEN charge.subscription_id IS NULL THEN charge.bulk_payment_job_id END,
      charge.subscription_id,
      format('transaction %s settled %s orders, %s among them', shared.transaction_id, shared.count, charge.order_no),
      jsonb_build_object('transactionId', shared.transaction_id, 'orders', shared.orders), shared.last_settled_at
    FROM (
      SELECT transaction_id, count(*), max(settled_at) AS last_settled_at, jsonb_agg(jsonb_build_object(
        'orderNo', charge.order_no, 'jobId', charge.bulk_payment_job_id::text, 'amount', settlement.amount,
        'position', settlement.position::text) ORDER BY settlement.position) AS orders
      FROM settlement JOIN charge ON charge.id = settlement.charge_id
      WHERE kind = 'paid' GROUP BY transaction_id HAVING count(*) > 1) AS shared
    JOIN settlement ON settlement.transaction_id = shared.transaction_id AND settlement.kind = 'paid'
    JOIN charge ON charge.id = settlement.charge_id
    ORDER BY settlement.position`);
  await runner.query('ALTER TABLE settlement DISABLE TRIGGER settlement_append_only');
  await runner.query(`
    UPDATE settlement SET shares_transaction = true
    WHERE kind = 'paid' AND transaction_id IN (
        SELECT transaction_id FROM settlement WHERE kind = 'paid' GROUP BY transaction_id HAVING count(*) > 1)
      AND EXISTS (SELECT FROM settlement AS earlier
        WHERE earlier.transaction_id = settlement.transaction_id AND earlier.kind = 'paid'
          AND earlier.position < settlement.position)`);
  await runner.query('ALTER TABLE settlement ENABLE TRIGGER settlement_append_only');
  // In place of the index that finds settlements by transaction, so that a million of them maintain none more. There is
  // one gateway: its name would be the same in every row. What is no payment differs by its position.
  await runner.query(`
    CREATE UNIQUE INDEX settlement_transaction_once
    ON settlement (transaction_id, (CASE WHEN kind = 'paid' AND shares_transaction IS NULL THEN 0 ELSE position END))
    WHERE transaction_id IS NOT NULL`);
  await runner.query('DROP INDEX settlement_transaction, settlement_decided_transaction_once');
}

/** By trigger, as the totals of charges are, and with the same two numbers. */
async function countRefundsOfPayments(runner: QueryRunner): Promise<void> {
  await runner.query(`
    CREATE TABLE payment_refund_total (
      transaction_id text PRIMARY KEY,
      amount bigint NOT NULL,
      pending_amount bigint NOT NULL,
      refunded_amount bigint NOT NULL,
      CONSTRAINT payment_refund_total_not_negative CHECK (pending_amount >= 0 AND refunded_amount >= 0),
      CONSTRAINT payment_refund_total_within_amount CHECK (pending_amount + refunded_amount <= amount)
    )`);
  // What was given back of a shared payment already may be more than it was; from now on it is no more than that.
  await runner.query(`
    INSERT INTO payment_refund_total (transaction_id, amount, pending_amount, refunded_amount)
    SELECT total.transaction_id, greatest(paid.amount, total.pending + total.refunded), total.pending, total.refunded
    FROM (
      SELECT transaction_id, coalesce(sum(amount) FILTER (WHERE ended_at IS NULL), 0) AS pending,
        coalesce(sum(amount) FILTER (WHERE state = 'Refunded'), 0) AS refunded
      FROM refund GROUP BY transaction_id) AS total
    CROSS JOIN LATERAL (
      SELECT max(amount) AS amount FROM settlement
      WHERE settlement.transaction_id = total.transaction_id AND kind = 'paid') AS paid`);
  await runner.query(`
    INSERT INTO line_stop (kind, bulk_payment_job_id, subscription_id, violation, evidence, raised_at)
    SELECT 'refunded-too-much', CASE WHEN charge.subscription_id IS NULL THEN charge.bulk_payment_job_id END,
      charge.subscription_id,
      format('order %s: %s won given back of the %s won of transaction %s', charge.order_no,
        total.refunded_amount, paid.amount, total.transaction_id),
      jsonb_build_object('transactionId', total.transaction_id, 'paid', paid.amount, 'givenBack', total.refunded_amount),
      paid.last_settled_at
    FROM payment_refund_total AS total
    CROSS JOIN LATERAL (
      SELECT max(amount) AS amount, max(settled_at) AS last_settled_at FROM settlement
      WHERE settlement.transaction_id = total.transaction_id AND kind = 'paid') AS paid
    JOIN settlement ON settlement.transaction_id = total.transaction_id AND settlement.kind = 'paid'
    JOIN charge ON charge.id = settlement.charge_id
    WHERE total.refunded_amount > paid.amount
    ORDER BY settlement.position`);
  await runner.query(`
    CREATE FUNCTION count_refund_of_payment() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      IF TG_OP = 'UPDATE' THEN
        UPDATE payment_refund_total SET pending_amount = pending_amount - NEW.amount,
          refunded_amount = refunded_amount + CASE NEW.state WHEN 'Refunded' THEN NEW.amount ELSE 0 END
        WHERE transaction_id = NEW.transaction_id;
        RETURN NULL;
      END IF;
      INSERT INTO payment_refund_total (transaction_id, amount, pending_amount, refunded_amount)
      SELECT NEW.transaction_id, max(amount), NEW.amount, 0 FROM settlement
      WHERE transaction_id = NEW.transaction_id AND kind = 'paid'
      ON CONFLICT (transaction_id) DO UPDATE SET pending_amount = payment_refund_total.pending_amount + NEW.amount;
      RETURN NULL;
    END
    $$`);
  await runner.query(`
    CREATE TRIGGER refund_counted_of_payment AFTER INSERT ON refund FOR EACH ROW
    EXECUTE FUNCTION count_refund_of_payment()`);
  await runner.query(`
    CREATE TRIGGER refund_ended_of_payment AFTER UPDATE ON refund FOR EACH ROW
    WHEN (OLD.ended_at IS NULL AND NEW.ended_at IS NOT NULL) EXECUTE FUNCTION count_refund_of_payment()`);
}
