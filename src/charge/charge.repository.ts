import { Injectable } from '@nestjs/common';
import type { GatewayName } from '../gateways';
import type { Won } from '../kernel/won';
import { copyBytes, copyInto, copyText, type SqlSession, type SqlTransaction } from '../platform/database';
import { Charge } from './charge.entity';

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

/** A charge that is in no file, of a gateway that takes payments one by one. */
export interface OwnCharge {
  orderNo: string;
  gateway: GatewayName;
  gatewayAccount: string;
  /** What is sold, by the merchant's id and name of it. */
  storeProductId: string;
  productName: string;
  amount: Won;
  /** Of the amount, what bears no VAT. */
  taxFreeAmount: Won;
}

@Injectable()
export class ChargeRepository {
  /**
   * Appends the charges a query yields.
   *
   * @param chargesSql a SELECT of order_no, bulk_payment_job_id, line_number, subscription_id, period_start_on, attempt,
   *   store_product_id, product_name, amount, carrier_amount, credit_card_amount, tmembership_amount,
   *   billing_token_hash, gateway_account; `$1` is taken by the time of creation, its own parameters follow
   * @returns how many
   */
  async append(session: SqlSession, chargesSql: string, parameters: readonly unknown[], at: Date): Promise<number> {
    return session.execute(
      `INSERT INTO charge (order_no, bulk_payment_job_id, line_number, subscription_id, period_start_on, attempt,
         store_product_id, product_name, amount, carrier_amount, credit_card_amount, tmembership_amount,
         billing_token_hash, gateway_account, created_at)
       SELECT charge.*, $1 FROM (${chargesSql}) AS charge`,
      [at, ...parameters],
    );
  }

  /** Takes note that the charges in the temporary table `leaving` are withdrawn, each with its reason. */
  async withdraw(session: SqlSession, at: Date): Promise<void> {
    await session.execute(
      `INSERT INTO charge_withdrawal (charge_id, subscription_id, reason, withdrawn_at)
       SELECT id, subscription_id, reason, $1 FROM leaving`,
      [at],
    );
  }

  /**
   * Appends one that is in no file.
   *
   * @returns its id
   * @throws unique violation `charge_order_no_once` when the order number was used before
   */
  async appendOwn(session: SqlSession, charge: OwnCharge, at: Date): Promise<string> {
    const inserted = await session.manager.insert(Charge, { ...charge, createdAt: at });
    return String(inserted.identifiers[0]?.id);
  }

  /**
   * Appends those that are in no file, as a query yields them.
   *
   * @param chargesSql a SELECT of order_no, gateway, gateway_account, subscription_id, period_start_on, attempt, store_product_id,
   *   product_name and amount, with others
   */
  async appendOwnOf(session: SqlSession, chargesSql: string, parameters: readonly unknown[], at: Date): Promise<void> {
    await session.execute(
      `INSERT INTO charge (order_no, gateway, gateway_account, subscription_id, period_start_on, attempt, store_product_id,
         product_name, amount, created_at)
       SELECT order_no, gateway, gateway_account, subscription_id, period_start_on, attempt, store_product_id, product_name,
         amount, $${parameters.length + 1}::timestamptz FROM (${chargesSql}) AS charge`,
      [...parameters, at],
    );
  }

  /**
   * Streams the charges of an uploaded file into its job.
   *
   * @throws unique violation `charge_order_no_once` when an order number was used before
   */
  async copyIn(
    session: SqlTransaction,
    { jobId, gatewayAccount }: { jobId: string; gatewayAccount: string },
    batches: AsyncIterable<readonly UploadedCharge[]>,
    at: Date,
  ): Promise<void> {
    const columns = `order_no, bulk_payment_job_id, line_number, store_product_id, product_name, amount,
      carrier_amount, credit_card_amount, tmembership_amount, billing_token_hash, gateway_account, created_at`;
    await copyInto(
      session,
      `charge (${columns})`,
      copyRows(batches, jobId, `${copyText(gatewayAccount)}\t${at.toISOString()}`),
    );
  }
}

async function* copyRows(
  batches: AsyncIterable<readonly UploadedCharge[]>,
  jobId: string,
  accountAndTime: string,
): AsyncGenerator<string> {
  for await (const batch of batches) {
    let text = '';
    for (const charge of batch) {
      text +=
        `${copyText(charge.orderNo)}\t${jobId}\t${charge.lineNumber}\t${copyText(charge.storeProductId)}\t` +
        `${copyText(charge.productName)}\t${charge.amount}\t${charge.carrierAmount}\t${charge.creditCardAmount}\t` +
        `${charge.tmembershipAmount}\t${copyBytes(charge.billingTokenHash)}\t${accountAndTime}\n`;
    }
    yield text;
  }
}
