import { Injectable } from '@nestjs/common';
import { wonFromDatabase, type Won } from '../kernel/won';
import { Database, copyBytes, copyInto, copyText, type SqlSession, type SqlTransaction } from '../platform/database';
import { CHARGE_STATE_SQL, type ChargeState } from './charge.state';

/** A charge with what became of it. */
export interface ChargeRecord {
  id: string;
  orderNo: string;
  bulkPaymentJobId: string;
  lineNumber: number;
  state: ChargeState;
  subscriptionId: string | null;
  periodStartOn: string | null;
  storeProductId: string;
  productName: string;
  amount: Won;
  carrierAmount: Won;
  creditCardAmount: Won;
  tmembershipAmount: Won;
  transactionId: string | null;
  resultCode: string | null;
  resultMessage: string | null;
  settledAt: Date | null;
}

/** A charge of an uploaded file. */
export interface UploadedCharge {
  lineNumber: number;
  orderNo: string;
  storeProductId: string;
  productName: string;
  amount: Won;
  carrierAmount: Won;
  creditCardAmount: Won;
  tmembershipAmount: Won;
  /** SHA-256 of its billing token, in hexadecimal. */
  billingTokenHash: string;
}

interface ChargeRow {
  id: string;
  order_no: string;
  bulk_payment_job_id: string;
  line_number: number;
  state: ChargeState;
  subscription_id: string | null;
  period_start_on: string | null;
  store_product_id: string;
  product_name: string;
  amount: string;
  carrier_amount: string;
  credit_card_amount: string;
  tmembership_amount: string;
  transaction_id: string | null;
  result_code: string | null;
  result_message: string | null;
  settled_at: Date | null;
}

@Injectable()
export class ChargeRepository {
  constructor(private readonly database: Database) {}

  /**
   * Appends the charges a query yields.
   *
   * @param chargesSql a SELECT of order_no, bulk_payment_job_id, line_number, subscription_id, period_start_on, attempt,
   *   store_product_id, product_name, amount, carrier_amount, credit_card_amount, tmembership_amount,
   *   billing_token_hash; `$1` is taken by the time of creation, its own parameters follow
   * @returns how many
   */
  async append(session: SqlSession, chargesSql: string, parameters: readonly unknown[], at: Date): Promise<number> {
    return session.execute(
      `INSERT INTO charge (order_no, bulk_payment_job_id, line_number, subscription_id, period_start_on, attempt,
         store_product_id, product_name, amount, carrier_amount, credit_card_amount, tmembership_amount,
         billing_token_hash, created_at)
       SELECT charge.*, $1 FROM (${chargesSql}) AS charge`,
      [at, ...parameters],
    );
  }

  /**
   * Streams the charges of an uploaded file into its job.
   *
   * @throws unique violation `charge_order_no_once` when an order number was used before
   */
  async copyIn(
    session: SqlTransaction,
    jobId: string,
    batches: AsyncIterable<readonly UploadedCharge[]>,
    at: Date,
  ): Promise<void> {
    const columns = `order_no, bulk_payment_job_id, line_number, store_product_id, product_name, amount,
      carrier_amount, credit_card_amount, tmembership_amount, billing_token_hash, created_at`;
    await copyInto(session, `charge (${columns})`, copyRows(batches, jobId, at.toISOString()));
  }

  /** The charges of a job in the order of its request file, after a line. */
  async listOfJob(jobId: string, page: { afterLine: number; limit: number }): Promise<ChargeRecord[]> {
    const rows = await this.database.rows<ChargeRow>(
      `SELECT charge.id, charge.order_no, charge.bulk_payment_job_id, charge.line_number, ${CHARGE_STATE_SQL} AS state,
         charge.subscription_id, charge.period_start_on::text, charge.store_product_id, charge.product_name,
         charge.amount, charge.carrier_amount, charge.credit_card_amount, charge.tmembership_amount,
         charge_settlement.transaction_id, charge_settlement.result_code, charge_settlement.result_message,
         charge_settlement.settled_at
       FROM charge
       JOIN bulk_payment_job AS charge_job ON charge_job.id = charge.bulk_payment_job_id
       LEFT JOIN settlement AS charge_settlement ON charge_settlement.charge_id = charge.id
       WHERE charge.bulk_payment_job_id = $1 AND charge.line_number > $2
       ORDER BY charge.line_number
       LIMIT $3`,
      [jobId, page.afterLine, page.limit],
    );
    return rows.map(chargeRecordOf);
  }
}

async function* copyRows(
  batches: AsyncIterable<readonly UploadedCharge[]>,
  jobId: string,
  createdAt: string,
): AsyncGenerator<string> {
  for await (const batch of batches) {
    let text = '';
    for (const charge of batch) {
      text +=
        `${copyText(charge.orderNo)}\t${jobId}\t${charge.lineNumber}\t${copyText(charge.storeProductId)}\t` +
        `${copyText(charge.productName)}\t${charge.amount}\t${charge.carrierAmount}\t${charge.creditCardAmount}\t` +
        `${charge.tmembershipAmount}\t${copyBytes(charge.billingTokenHash)}\t${createdAt}\n`;
    }
    yield text;
  }
}

function chargeRecordOf(row: ChargeRow): ChargeRecord {
  return {
    id: row.id,
    orderNo: row.order_no,
    bulkPaymentJobId: row.bulk_payment_job_id,
    lineNumber: row.line_number,
    state: row.state,
    subscriptionId: row.subscription_id,
    periodStartOn: row.period_start_on,
    storeProductId: row.store_product_id,
    productName: row.product_name,
    amount: wonFromDatabase(row.amount),
    carrierAmount: wonFromDatabase(row.carrier_amount),
    creditCardAmount: wonFromDatabase(row.credit_card_amount),
    tmembershipAmount: wonFromDatabase(row.tmembership_amount),
    transactionId: row.transaction_id,
    resultCode: row.result_code,
    resultMessage: row.result_message,
    settledAt: row.settled_at,
  };
}
