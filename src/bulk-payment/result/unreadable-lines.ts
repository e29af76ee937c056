import { Injectable } from '@nestjs/common';
import { maskBillingTokens } from '../../billing-token';
import { RESULT_CODE_SUCCESS, cluesOf, readRawLines, type LineClues } from '../../gateways/tstore';
import type { SqlSession } from '../../platform/database';
import { FileStore } from '../../platform/storage';
import type { BulkPaymentJob } from '../job/bulk-payment-job.entity';
import { stagingTablesOf } from './staging';
import { readStoredResult } from './stored-result';

/** Lines looked into by one statement. */
const BATCH_LINES = 200;

type CluesOfLine = LineClues & { lineNumber: number };

/**
 * Ties lines that can't be read to the charges they name. Such a line may say that money was taken, so its charge is not
 * one that nothing is known of.
 */
@Injectable()
export class UnreadableLines {
  constructor(private readonly files: FileStore) {}

  /**
   * Writes into the staged lines what can be made out of them: the order, where exactly one of the job's is named, the
   * transaction, the code of a payment. Goes through the result file once more, so only where a line does not match.
   *
   * @returns whether anything was made out, and the lines must be held against the charges anew
   */
  async makeOut(session: SqlSession, job: BulkPaymentJob): Promise<boolean> {
    const { lines } = stagingTablesOf(job.id);
    const [wanted] = await session.rows<{ line_numbers: number[] | null }>(
      `SELECT array_agg(line_number ORDER BY line_number) AS line_numbers FROM ${lines} AS line
       WHERE malformed IS NOT NULL AND (transaction_id IS NULL OR NOT EXISTS (SELECT FROM charge
         WHERE charge.order_no = line.order_no AND charge.bulk_payment_job_id = $1))`,
      [job.id],
    );
    const lineNumbers = wanted?.line_numbers ?? [];
    if (lineNumbers.length === 0) return false;
    let isAny = false;
    let batch: CluesOfLine[] = [];
    for await (const { lineNumber, raw } of readRawLines(readStoredResult(this.files, job), lineNumbers)) {
      batch.push({ lineNumber, ...cluesOf(raw) });
      if (batch.length < BATCH_LINES) continue;
      isAny = (await this.keep(session, job, batch)) || isAny;
      batch = [];
    }
    return (await this.keep(session, job, batch)) || isAny;
  }

  private async keep(session: SqlSession, job: BulkPaymentJob, batch: readonly CluesOfLine[]): Promise<boolean> {
    const orders = await session.rows<{ order_no: string }>(
      'SELECT order_no FROM charge WHERE order_no = ANY ($2) AND bulk_payment_job_id = $1',
      [job.id, [...new Set(batch.flatMap(({ orderNos }) => orderNos))]],
    );
    const known = new Set(orders.map((order) => order.order_no));
    const made = batch.map(({ lineNumber, orderNos, transactionIds, paymentWords }) => {
      const named = orderNos.filter((orderNo) => known.has(orderNo));
      const transactionId = transactionIds.find((id) => !known.has(id));
      return {
        lineNumber,
        orderNo: named.length === 1 ? named[0] : undefined,
        transactionId: transactionId && maskBillingTokens(transactionId),
        resultCode: paymentWords.includes(RESULT_CODE_SUCCESS) ? RESULT_CODE_SUCCESS : undefined,
      };
    });
    // What the line's own columns say plainly stays as it is.
    const changed = await session.execute(
      `UPDATE ${stagingTablesOf(job.id).lines} AS line
       SET order_no = coalesce(made."orderNo", line.order_no),
         transaction_id = coalesce(line.transaction_id, made."transactionId"),
         result_code = coalesce(line.result_code, made."resultCode")
       FROM jsonb_to_recordset($1::jsonb) AS made ("lineNumber" integer, "orderNo" text, "transactionId" text, "resultCode" text)
       WHERE line.line_number = made."lineNumber"
         AND coalesce(made."orderNo", made."transactionId", made."resultCode") IS NOT NULL`,
      [JSON.stringify(made)],
    );
    return changed > 0;
  }
}
