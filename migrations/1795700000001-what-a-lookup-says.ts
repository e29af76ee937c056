import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * That the gateway has no such payment is an answer of its own: `not-found`. What was `refused` until now may have been that
 * or anything else, so it says nothing of the payment any more, as every refusal from now on that is not known to mean it.
 */
export class WhatALookupSays1795700000001 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const table of ['transaction_lookup', 'discrepancy_lookup']) {
      await runner.query(`
        ALTER TABLE ${table} DROP CONSTRAINT ${table}_answer_known,
          ADD CONSTRAINT ${table}_answer_known CHECK (answer IN ('found', 'not-found', 'refused', 'unknown'))`);
    }
    await runner.query(UNPAID_CHARGE_PAYMENT);
  }

  async down(): Promise<void> {
    throw new Error('migrations go forward only');
  }
}

/** As it was, but for what counts as the gateway's last word: an answer that tells something of the payment. */
const UNPAID_CHARGE_PAYMENT = `
  CREATE OR REPLACE VIEW unpaid_charge_payment AS
  SELECT ended.charge_id, ended.kind AS ended_as, named.transaction_id, word.id AS lookup_id, word.at AS found_at,
    (word.found ->> 'amount')::bigint AS found_amount
  FROM (
    SELECT charge_id, transaction_id FROM settlement
    WHERE kind IN ('declined', 'closed') AND transaction_id IS NOT NULL AND gateway = 'tstore'
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
    WHERE lookup.transaction_id = named.transaction_id AND lookup.gateway = 'tstore' AND lookup.answer IN ('found', 'not-found')
    ORDER BY lookup.id DESC LIMIT 1) AS word
  WHERE word.answer = 'found' AND (word.found ->> 'isRefunded') IS DISTINCT FROM 'true'
    AND (ended.kind = 'declined' OR word.at > ended.settled_at)
    AND NOT EXISTS (SELECT FROM settlement AS other
      WHERE other.transaction_id = named.transaction_id AND other.gateway = 'tstore' AND other.kind = 'paid')`;
