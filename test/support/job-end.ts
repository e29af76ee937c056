import type { Database } from '../../src/platform/database';
import type { JsonBody } from './billing-world';

/** A charge's settlement, without what differs from run to run: its position and when. */
export interface SettledCharge {
  orderNo: string;
  kind: string;
  amount: number;
  transactionId: string | null;
  resultCode: string;
  resultMessage: string;
  lineNumber: number;
}

/** A discrepancy as the admin API shows it. */
export interface ShownDiscrepancy {
  kind: string;
  orderNo: string | null;
  lineNumber: number | null;
  expected: JsonBody;
  found: JsonBody;
  rawLine: string | null;
}

/** The columns of a job's row that tests of results look at, as the driver gives them. */
export interface JobRow {
  state: string;
  result_file_name: string | null;
  result_file_sha256: Buffer | null;
  result_line_count: number | null;
  result_downloaded_at: Date | null;
  result_lines_loaded: number;
  result_loaded_at: Date | null;
  reconciled_at: Date | null;
  result_lines_applied: number;
  settled_at: Date | null;
  lease_id: string | null;
  attempts: number;
  next_attempt_at: Date | null;
  last_error: string | null;
}

/** How a job's result ended: what is settled, what a person must see, and the sums. */
export class JobEnd {
  private constructor(
    readonly settlements: SettledCharge[],
    readonly discrepancies: ShownDiscrepancy[],
    /** The `result` of the admin API. */
    readonly result: JsonBody,
  ) {}

  /** @param get asks the admin API, as an operator would */
  static async read(database: Database, jobId: string, get: (path: string) => Promise<JsonBody>): Promise<JobEnd> {
    const settled = await database.rows<Omit<SettledCharge, 'amount'> & { amount: string }>(
      `SELECT charge.order_no AS "orderNo", kind, settlement.amount, transaction_id AS "transactionId",
         result_code AS "resultCode", result_message AS "resultMessage", result_line_number AS "lineNumber"
       FROM settlement JOIN charge ON charge.id = settlement.charge_id
       WHERE settlement.bulk_payment_job_id = $1 OR charge.bulk_payment_job_id = $1`,
      [jobId],
    );
    const job = await get(`bulk-payment-jobs/${jobId}`);
    const settlements = settled.map((one) => ({ ...one, amount: Number(one.amount) }));
    return new JobEnd(settlements.sort(byOrderNo), await allDiscrepancies(jobId, get), job.result);
  }
}

async function allDiscrepancies(jobId: string, get: (path: string) => Promise<JsonBody>): Promise<ShownDiscrepancy[]> {
  const shown: ShownDiscrepancy[] = [];
  for (let cursor = ''; ;) {
    const page = await get(`bulk-payment-jobs/${jobId}/discrepancies?limit=1000${cursor}`);
    for (const { kind, orderNo, lineNumber, expected, found, rawLine } of page.items) {
      shown.push({ kind, orderNo, lineNumber, expected, found, rawLine });
    }
    if (page.nextCursor === null) return shown.sort(byLine);
    cursor = `&cursor=${page.nextCursor}`;
  }
}

export function byOrderNo(a: { orderNo: string }, b: { orderNo: string }): number {
  return a.orderNo < b.orderNo ? -1 : a.orderNo > b.orderNo ? 1 : 0;
}

/** By line of the result file; charges without a line come last, by order number. */
export function byLine(
  a: { lineNumber: number | null; orderNo: string | null },
  b: { lineNumber: number | null; orderNo: string | null },
): number {
  const last = Number.MAX_SAFE_INTEGER;
  return (
    (a.lineNumber ?? last) - (b.lineNumber ?? last) ||
    byOrderNo({ orderNo: a.orderNo ?? '' }, { orderNo: b.orderNo ?? '' })
  );
}
