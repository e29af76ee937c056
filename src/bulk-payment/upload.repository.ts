import { Injectable } from '@nestjs/common';
import { BillingTokenVault } from '../billing-token';
import { ChargeRepository } from '../charge';
import type { NumberedRequestRow } from '../gateways/tstore';
import { Clock } from '../platform/clock';
import { copyInto, copyLine, wakeBilling, type SqlSession, type SqlTransaction } from '../platform/database';

/** As many as a person can use; the rest will be found with the next try. */
const REPORTED_LINES = 100;

export interface RepeatedOrderNumber {
  lineNumber: number;
  /** The job that used it before; `null` when the file itself repeats it. */
  jobId: string | null;
  firstLine: number;
}

/** The statements of an upload: its lines wait in a temporary table until all of them are known to be good. */
@Injectable()
export class UploadRepository {
  constructor(
    private readonly vault: BillingTokenVault,
    private readonly charges: ChargeRepository,
    private readonly clock: Clock,
  ) {}

  async copyLines(session: SqlTransaction, batches: AsyncIterable<readonly NumberedRequestRow[]>): Promise<void> {
    await session.rows(`
      CREATE TEMPORARY TABLE upload_line (
        line_number integer, order_no text, store_product_id text, product_name text, amount bigint,
        carrier_amount bigint, credit_card_amount bigint, tmembership_amount bigint, token_hash bytea,
        ciphertext bytea, key_id text
      ) ON COMMIT DROP`);
    await copyInto(session, 'upload_line', this.copyText(batches));
    await session.rows('CREATE INDEX ON upload_line (order_no)');
    await session.rows('ANALYZE upload_line');
  }

  private async *copyText(batches: AsyncIterable<readonly NumberedRequestRow[]>): AsyncGenerator<string> {
    for await (const batch of batches) {
      let text = '';
      for (const row of batch) {
        const token = this.vault.encryptRow(row.billingToken);
        text += copyLine([
          row.lineNumber,
          row.orderNo,
          row.storeProductId,
          row.productName,
          row.amount,
          row.carrierAmount,
          row.creditCardAmount,
          row.tmembershipAmount,
          token.tokenHash,
          token.ciphertext,
          token.keyId,
        ]);
      }
      yield text;
    }
  }

  /** @returns the id of the job this content was stored as under this batch reference */
  async jobWithContent(session: SqlSession, sha256: Buffer, batchReference: string): Promise<string | undefined> {
    const [job] = await session.rows<{ id: string }>(
      'SELECT id FROM bulk_payment_job WHERE content_sha256 = $1 AND batch_reference = $2',
      [sha256, batchReference],
    );
    return job?.id;
  }

  /** Lines whose order number was charged before, or stands in an earlier line of the same file. */
  async repeatedOrderNumbers(session: SqlSession): Promise<RepeatedOrderNumber[]> {
    return session.rows<RepeatedOrderNumber>(
      `WITH repeated AS (
         SELECT line.line_number AS "lineNumber", charge.bulk_payment_job_id AS "jobId", 0 AS "firstLine"
         FROM upload_line AS line JOIN charge ON charge.order_no = line.order_no
         UNION ALL
         SELECT line_number, NULL, "firstLine"
         FROM (SELECT line_number, min(line_number) OVER (PARTITION BY order_no) AS "firstLine" FROM upload_line) AS line
         WHERE line_number > "firstLine")
       SELECT * FROM repeated ORDER BY "lineNumber" LIMIT ${REPORTED_LINES}`,
    );
  }

  async createCharges(session: SqlSession, jobId: string): Promise<void> {
    const at = this.clock.now();
    await this.vault.storeFrom(session, 'SELECT token_hash, ciphertext, key_id FROM upload_line', at);
    await this.charges.append(
      session,
      `SELECT order_no, $2::bigint, line_number, NULL::bigint, NULL::date, NULL::smallint, store_product_id,
         product_name, amount, carrier_amount, credit_card_amount, tmembership_amount, token_hash
       FROM upload_line ORDER BY line_number`,
      [jobId],
      at,
    );
    await wakeBilling(session);
  }
}
