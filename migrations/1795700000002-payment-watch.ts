import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Payments that a line or a person named for a charge which people ended unpaid: the gateway is asked for them again for some
 * days, and before anybody bills the period again. Those of decisions made before are asked for once.
 */
export class PaymentWatch1795700000002 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE payment_watch (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        charge_id bigint NOT NULL CONSTRAINT payment_watch_charge REFERENCES charge (id),
        gateway text NOT NULL,
        gateway_account text NOT NULL,
        transaction_id text NOT NULL,
        since timestamptz NOT NULL,
        next_look_at timestamptz,
        attempts integer NOT NULL DEFAULT 0,
        CONSTRAINT payment_watch_once UNIQUE (charge_id, transaction_id)
      )`);
    await runner.query(`CREATE INDEX payment_watch_due ON payment_watch (next_look_at) WHERE next_look_at IS NOT NULL`);
    await runner.query(`
      INSERT INTO payment_watch (charge_id, gateway, gateway_account, transaction_id, since, next_look_at)
      SELECT DISTINCT ON (charge.id, named.transaction_id) charge.id, charge.gateway, charge.gateway_account,
        named.transaction_id, ended.settled_at, ended.settled_at
      FROM settlement AS ended JOIN charge ON charge.id = ended.charge_id
      CROSS JOIN LATERAL (
        SELECT ended.transaction_id
        UNION ALL
        SELECT found ->> 'transactionId' FROM discrepancy WHERE discrepancy.charge_id = charge.id
        UNION ALL
        SELECT lookup.transaction_id FROM discrepancy JOIN discrepancy_lookup AS lookup ON lookup.discrepancy_id = discrepancy.id
        WHERE discrepancy.charge_id = charge.id AND lookup.suggestion = 'accept-as-paid') AS named
      WHERE ended.discrepancy_id IS NOT NULL AND ended.kind IN ('declined', 'closed') AND named.transaction_id IS NOT NULL`);
  }

  async down(): Promise<void> {
    throw new Error('migrations go forward only');
  }
}
