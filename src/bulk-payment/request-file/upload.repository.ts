import { Injectable } from '@nestjs/common';
import { BillingTokenVault } from '../../billing-token';
import { ChargeRepository, type UploadedCharge } from '../../charge';
import type { NumberedRequestRow } from '../../gateways/tstore';
import { Clock } from '../../platform/clock';
import {
  Database,
  copyInto,
  copyText,
  wakeBilling,
  type SqlSession,
  type SqlTransaction,
} from '../../platform/database';

/** As many as a person can use; the rest will be found with the next try. */
const REPORTED_LINES = 100;
/** Billing tokens looked up and stored by one statement. */
const TOKENS_AT_ONCE = 2_000;

export interface RepeatedOrderNumber {
  lineNumber: number;
  /** The job that used it before; `null` when the file itself repeats it. */
  jobId: string | null;
  firstLine: number;
}

type RowBatches = AsyncIterable<readonly NumberedRequestRow[]>;

/** The statements of an upload. */
@Injectable()
export class UploadRepository {
  constructor(
    private readonly database: Database,
    private readonly vault: BillingTokenVault,
    private readonly charges: ChargeRepository,
    private readonly clock: Clock,
  ) {}

  /** @returns the id of the job this content was stored as under this batch reference */
  async jobWithContent(session: SqlSession, sha256: Buffer, batchReference: string): Promise<string | undefined> {
    const [job] = await session.rows<{ id: string }>(
      'SELECT id FROM bulk_payment_job WHERE content_sha256 = $1 AND batch_reference = $2',
      [sha256, batchReference],
    );
    return job?.id;
  }

  /** Stores the rows of a file that was found to be good. @throws unique violation `charge_order_no_once` */
  async createCharges(
    session: SqlTransaction,
    job: { jobId: string; gatewayAccount: string },
    batches: RowBatches,
  ): Promise<void> {
    const at = this.clock.now();
    await this.charges.copyIn(session, job, this.withStoredTokens(batches, at), at);
    await wakeBilling(session);
  }

  /**
   * The rows as charges. Their billing tokens go to the vault at the same time, beside the transaction: while one batch is
   * copied, the tokens of the next are stored. A token that stays behind when the upload fails is nobody's and harmless.
   */
  private async *withStoredTokens(batches: RowBatches, at: Date): AsyncGenerator<UploadedCharge[]> {
    let storing = Promise.resolve();
    for await (const rows of gathered(batches, TOKENS_AT_ONCE)) {
      await storing;
      const tokens = new Map<string, string>();
      const charges = rows.map((row) => {
        const billingTokenHash = this.vault.hexHashOf(row.billingToken);
        tokens.set(billingTokenHash, row.billingToken);
        return Object.assign(row, { billingTokenHash });
      });
      storing = this.vault.storeHashed(this.database.beside, tokens, at);
      // Whoever waits for it next gets the failure; until then it is not one that nobody handles.
      storing.catch(() => undefined);
      yield charges;
    }
    await storing;
  }

  /** Lines whose order number was charged before, or stands in an earlier line of the same file. */
  async repeatedOrderNumbers(session: SqlTransaction, batches: RowBatches): Promise<RepeatedOrderNumber[]> {
    await session.rows('CREATE TEMPORARY TABLE upload_line (line_number integer, order_no text) ON COMMIT DROP');
    await copyInto(session, 'upload_line', orderNumbers(batches));
    await session.rows('CREATE INDEX ON upload_line (order_no)');
    await session.rows('ANALYZE upload_line');
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
}

async function* orderNumbers(batches: RowBatches): AsyncGenerator<string> {
  for await (const batch of batches) yield batch.map((row) => `${row.lineNumber}\t${copyText(row.orderNo)}\n`).join('');
}

/** Batches put together until they are at least so large; the last is what is left. */
async function* gathered(batches: RowBatches, rows: number): AsyncGenerator<NumberedRequestRow[]> {
  let gathering: NumberedRequestRow[] = [];
  for await (const batch of batches) {
    gathering = gathering.concat(batch);
    if (gathering.length < rows) continue;
    yield gathering;
    gathering = [];
  }
  if (gathering.length > 0) yield gathering;
}
