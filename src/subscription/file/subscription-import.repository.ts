import { Injectable } from '@nestjs/common';
import { BillingTokenVault } from '../../billing-token';
import { MAX_REPORTED_FAULTS } from '../../kernel/fault-list';
import type { InputFault } from '../../kernel/errors';
import { copyInto, copyLine, type SqlSession, type SqlTransaction } from '../../platform/database';
import type { NumberedOrder } from './subscription-file-reader';
import { isSpelledOtherwiseSql } from '../customer-name.sql';
import { ONCE_EXPECTATION, PRODUCT_EXPECTATION, anchorDayOf, firstBillingDateOf } from '../subscription-rules';

/** The statements of an import: its lines wait in a temporary table until all of them are known to be good. */
@Injectable()
export class SubscriptionImportRepository {
  constructor(private readonly vault: BillingTokenVault) {}

  async copyLines(session: SqlTransaction, batches: AsyncIterable<readonly NumberedOrder[]>): Promise<void> {
    await session.rows(`
      CREATE TEMPORARY TABLE import_line (
        line_number integer, customer_reference text, store_product_id text, token_hash bytea, ciphertext bytea,
        key_id text, started_on date, anchor_day smallint, interval_months smallint, trial_until date, ends_on date,
        next_billing_on date, amount bigint, carrier_amount bigint, credit_card_amount bigint,
        tmembership_amount bigint
      ) ON COMMIT DROP`);
    await copyInto(session, 'import_line', this.copyText(batches));
    await session.rows('CREATE INDEX ON import_line (customer_reference)');
    await session.rows('ANALYZE import_line');
  }

  private async *copyText(batches: AsyncIterable<readonly NumberedOrder[]>): AsyncGenerator<string> {
    for await (const batch of batches) {
      let text = '';
      for (const order of batch) text += this.copyRow(order);
      yield text;
    }
  }

  private copyRow(order: NumberedOrder): string {
    const token = this.vault.encryptRow(order.billingToken);
    const price = order.priceOverride;
    return copyLine([
      order.lineNumber,
      order.customerReference,
      order.storeProductId,
      token.tokenHash,
      token.ciphertext,
      token.keyId,
      order.startedOn,
      anchorDayOf(order),
      order.intervalMonths,
      order.trialUntil ?? null,
      order.endsOn ?? null,
      firstBillingDateOf(order),
      price?.amount ?? null,
      price?.carrierAmount ?? null,
      price?.creditCardAmount ?? null,
      price?.tmembershipAmount ?? null,
    ]);
  }

  /**
   * Finds the lines that only the database knows to be wrong, and takes them out of the temporary table.
   *
   * @returns how many, and the first faults in the order of the file
   */
  async takeOutFaulty(session: SqlSession): Promise<{ count: number; faults: InputFault[] }> {
    await session.rows(`
      CREATE TEMPORARY TABLE import_fault ON COMMIT DROP AS
      SELECT line.line_number, product.id IS NULL AS product_unknown, line.first_line
      FROM (SELECT line_number, customer_reference, store_product_id,
              min(line_number) OVER (PARTITION BY customer_reference, store_product_id) AS first_line
            FROM import_line) AS line
      LEFT JOIN product ON product.store_product_id = line.store_product_id AND product.active AND product.carrier_amount IS NOT NULL
      WHERE product.id IS NULL OR line.line_number > line.first_line OR EXISTS (
        SELECT FROM subscription
        WHERE subscription.customer_reference = line.customer_reference AND subscription.product_id = product.id
          AND subscription.state NOT IN ('Canceled', 'Expired')) OR EXISTS (
        SELECT FROM subscription
        WHERE ${isSpelledOtherwiseSql('subscription.customer_reference', 'line.customer_reference')}
          AND subscription.product_id = product.id AND subscription.state NOT IN ('Canceled', 'Expired'))`);
    const count = await session.execute(
      'DELETE FROM import_line USING import_fault WHERE import_line.line_number = import_fault.line_number',
    );
    const rows = await session.rows<{ line: number; productUnknown: boolean; firstLine: number }>(
      `SELECT line_number AS line, product_unknown AS "productUnknown", first_line AS "firstLine"
       FROM import_fault ORDER BY line_number LIMIT ${MAX_REPORTED_FAULTS}`,
    );
    return { count, faults: rows.map(faultOf) };
  }

  /** In the order of the customers: two imports of the same ones would wait for each other. @returns how many are new */
  async store(session: SqlSession, actor: string, at: Date): Promise<number> {
    await this.vault.storeFrom(session, 'SELECT token_hash, ciphertext, key_id FROM import_line', at);
    const [stored] = await session.rows<{ count: number }>(
      `WITH added AS (
         INSERT INTO subscription (customer_reference, product_id, billing_token_hash, state, started_on, anchor_day,
           interval_months, trial_until, ends_on, next_billing_on, amount_override, carrier_amount_override,
           credit_card_amount_override, tmembership_amount_override, created_at)
         SELECT line.customer_reference, product.id, line.token_hash, 'Active', line.started_on, line.anchor_day,
           line.interval_months, line.trial_until, line.ends_on, line.next_billing_on, line.amount,
           line.carrier_amount, line.credit_card_amount, line.tmembership_amount, $2
         FROM import_line AS line JOIN product ON product.store_product_id = line.store_product_id
         ORDER BY line.customer_reference, product.id
         RETURNING id),
       history AS (
         INSERT INTO subscription_history (subscription_id, to_state, cause, actor, at)
         SELECT id, 'Active', 'imported', $1, $2 FROM added)
       SELECT count(*)::int AS count FROM added`,
      [actor, at],
    );
    return stored?.count ?? 0;
  }
}

function faultOf(row: { line: number; productUnknown: boolean; firstLine: number }): InputFault {
  const { line, firstLine } = row;
  if (row.productUnknown)
    return { line, field: 'storeProductId', expected: `${PRODUCT_EXPECTATION} that T store collects` };
  const expected =
    firstLine < line
      ? `a customer and product that stand once in the file (line ${firstLine} has them too)`
      : ONCE_EXPECTATION;
  return { line, field: 'customerReference', expected };
}
