import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * A charge that ended unpaid, and whose payment the gateway is seen to have later: the customer has paid. It stops the line,
 * and the period is not billed again while that is so.
 */
export class PaidAfterAll1795500000001 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE line_stop DROP CONSTRAINT line_stop_kind_known,
        ADD CONSTRAINT line_stop_kind_known CHECK (kind IN ('charged-twice', 'period-paid-twice', 'customer-charged-twice',
          'transaction-settled-twice', 'declined-with-transaction', 'paid-after-all', 'refunded-too-much',
          'numbers-differ', 'gateway-contradicts', 'unbillable'))`);
    await runner.query(`INSERT INTO line_check (name) VALUES ('paid-after-all'), ('payment-seen')`);
    await runner.query(`
      CREATE INDEX discrepancy_names_transaction ON discrepancy ((found ->> 'transactionId'))
      WHERE found ->> 'transactionId' IS NOT NULL`);
    await runner.query(`CREATE INDEX discrepancy_lookup_transaction ON discrepancy_lookup (transaction_id)`);
    await runner.query(UNPAID_CHARGE_PAYMENT);
  }

  async down(): Promise<void> {
    throw new Error('migrations go forward only');
  }
}

/**
 * Payments of charges that ended unpaid: the gateway's last word is that it has them, and not that they were given back;
 * where people closed the charge, a word of later than that. A payment that settled another charge is that one's.
 */
const UNPAID_CHARGE_PAYMENT = `
  CREATE VIEW unpaid_charge_payment AS
  SELECT ended.charge_id, ended.kind AS ended_as, named.transaction_id, word.id AS lookup_id, word.at AS found_at,
    (word.found ->> 'amount')::bigint AS found_amount
  FROM (
    SELECT charge_id, transaction_id FROM settlement WHERE kind IN ('declined', 'closed') AND transaction_id IS NOT NULL
    UNION
    SELECT charge_id, found ->> 'transactionId' FROM discrepancy
    WHERE charge_id IS NOT NULL AND found ->> 'transactionId' IS NOT NULL
    UNION
    SELECT discrepancy.charge_id, lookup.transaction_id
    FROM discrepancy_lookup AS lookup JOIN discrepancy ON discrepancy.id = lookup.discrepancy_id
    WHERE discrepancy.charge_id IS NOT NULL AND lookup.suggestion = 'accept-as-paid') AS named
  JOIN settlement AS ended ON ended.charge_id = named.charge_id AND ended.refund_id IS NULL
    AND ended.kind IN ('declined', 'closed')
  CROSS JOIN LATERAL (
    SELECT lookup.id, lookup.at, lookup.answer, lookup.found FROM transaction_lookup AS lookup
    WHERE lookup.transaction_id = named.transaction_id AND lookup.answer <> 'unknown'
    ORDER BY lookup.id DESC LIMIT 1) AS word
  WHERE word.answer = 'found' AND (word.found ->> 'isRefunded') IS DISTINCT FROM 'true'
    AND (ended.kind = 'declined' OR word.at > ended.settled_at)
    AND NOT EXISTS (SELECT FROM settlement AS other
      WHERE other.transaction_id = named.transaction_id AND other.kind = 'paid')`;
