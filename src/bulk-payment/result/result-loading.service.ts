import { Injectable } from '@nestjs/common';
import { BillingTokenVault, SHORTEST_TOKEN, maskBillingTokens } from '../../billing-token';
import {
  ONE_COLUMN_REASONS,
  RESULT_COLUMN,
  ResultFileParser,
  type MalformedReason,
  type ScannedResultLine,
} from '../../gateways/tstore';
import { chunksOf } from '../../platform/lines';
import { DomainError } from '../../kernel/errors';
import type { StepReport } from '../../kernel/step-report';
import { Clock } from '../../platform/clock';
import { crashPoint } from '../../platform/crash-points';
import { Database, copyBytes, copyInto, copyText, type SqlSession } from '../../platform/database';
import { Logger } from '../../platform/logging';
import { FileStore } from '../../platform/storage';
import type { BulkPaymentJob } from '../job/bulk-payment-job.entity';
import { BulkPaymentJobRepository, type JobClaim } from '../job/bulk-payment-job.repository';
import { JobStageRunner } from '../job/job-stage.runner';
import type { StageProgress } from '../job/stage-progress';
import { stagingTablesOf } from './staging';
import { ResultFileRefusedError, readStoredResult, wholeResultOf } from './stored-result';

/** Reads the stored result file line by line into the job's staging table; every line goes in, malformed ones too. */
@Injectable()
export class ResultLoadingService {
  constructor(
    private readonly stages: JobStageRunner,
    private readonly jobs: BulkPaymentJobRepository,
    private readonly database: Database,
    private readonly files: FileStore,
    private readonly vault: BillingTokenVault,
    private readonly clock: Clock,
  ) {}

  runOnce(): Promise<StepReport> {
    return this.stages.run('load-result', (claim, log, progress) => this.load(claim, log, progress));
  }

  private async load(claim: JobClaim, log: Logger, progress: StageProgress): Promise<void> {
    const { job } = claim;
    const { lines } = stagingTablesOf(job.id);
    await this.database.transaction(async (session) => {
      await createLinesTable(session, lines);
      let loaded = 0;
      const counted = (count: number) => progress.report((loaded += count));
      await copyInto(session, `${lines} (${COLUMNS})`, this.rows(job, counted), COPY_OPTIONS);
      if (loaded !== job.resultLineCount) {
        throw new DomainError('internal-error', `job ${job.id}: ${loaded} lines read, not the number downloaded`);
      }
      await this.jobs.finish(claim, { resultLinesLoaded: loaded, resultLoadedAt: this.clock.now() }, session);
      await crashPoint('load-result.before-commit');
      log.info('result loaded', { lines: loaded });
    });
  }

  private async *rows(job: BulkPaymentJob, counted: (lines: number) => Promise<void>): AsyncGenerator<Buffer> {
    const parser = new ResultFileParser();
    let text = '';
    let lines = 0;
    const take = (line: ScannedResultLine): void => {
      text += this.row(line);
      lines += 1;
    };
    for await (const chunk of chunksOf(readStoredResult(this.files, job))) {
      parser.scan(chunk, take);
      // Columns in another order would be read as something they are not.
      if (parser.header === 'other') {
        throw new ResultFileRefusedError(job, 'it has a header with other columns', wholeResultOf(job), false);
      }
      yield Buffer.from(text, 'latin1');
      await counted(lines);
      text = '';
      lines = 0;
    }
    parser.scanEnd(take);
    yield Buffer.from(text, 'latin1');
    await counted(lines);
  }

  /**
   * A line's row, one character a byte. COPY is told that commas divide it, so that what stands side by side in the file
   * crosses as it is: no text is made of what nobody looks at, a million times.
   */
  private row(line: ScannedResultLine): string {
    const { fields, lineNumber, malformed } = line;
    if (malformed !== undefined) return this.malformedRow(line, malformed);
    if (!fields.isPlain || KEPT_COLUMNS.some((column) => fields.lengthOf(column) >= SHORTEST_TOKEN)) {
      return this.carefulRow(line);
    }
    const hash = this.vault.hexHashOf(fields.textOf(billingToken));
    const outcome =
      line.transactionId === null
        ? `${fields.bytesOf(noBranchOrder, amtTms)},${NULL},${fields.bytesOf(cdResult, msgResult)}`
        : fields.bytesOf(noBranchOrder, msgResult);
    return `${lineNumber},${NULL},${copyBytes(hash)},${fields.bytesOf(cmId)},${fields.bytesOf(productId)},${outcome}\n`;
  }

  /** What a person needs of a line that can't be read: which charge it answers, and whether it may have taken money. */
  private malformedRow({ fields, lineNumber, transactionId }: ScannedResultLine, malformed: MalformedReason): string {
    if (!ONE_COLUMN_REASONS.has(malformed)) return `${lineNumber},${malformed}${`,${NULL}`.repeat(11)}\n`;
    const orderNo = copyText(fields.textOf(noBranchOrder));
    const tidColumn = malformed === 'unreadable-transaction-id' ? null : transactionId;
    const transaction = tidColumn === null ? NULL : copyText(maskBillingTokens(tidColumn));
    const code = malformed === 'no-result-code' ? NULL : copyText(maskBillingTokens(fields.textOf(cdResult)));
    const text = `${lineNumber},${malformed}${`,${NULL}`.repeat(3)},${orderNo}${`,${NULL}`.repeat(4)},${transaction},${code},${NULL}\n`;
    return Buffer.from(text, 'utf8').toString('latin1');
  }

  /** The same of a line that holds what COPY would take for something else, or what could be a billing token. */
  private carefulRow({ fields, lineNumber, transactionId }: ScannedResultLine): string {
    const hash = this.vault.hexHashOf(fields.textOf(billingToken));
    const kept = (column: number): string => copyText(maskBillingTokens(fields.textOf(column)));
    // The order number alone stays as it is: charges are found by it.
    const text =
      `${lineNumber},${NULL},${copyBytes(hash)},${kept(cmId)},${kept(productId)},` +
      `${copyText(fields.textOf(noBranchOrder))},${fields.bytesOf(amtReqPurchase, amtTms)},` +
      `${transactionId === null ? NULL : kept(tid)},${kept(cdResult)},${kept(msgResult)}\n`;
    return Buffer.from(text, 'utf8').toString('latin1');
  }
}

const { cmId, billingToken, productId, noBranchOrder, amtReqPurchase, amtTms, tid, cdResult, msgResult } =
  RESULT_COLUMN;
/** Kept in clear as the gateway wrote them. */
const KEPT_COLUMNS = [cmId, productId, tid, cdResult, msgResult];

const NULL = copyText(null);

const COPY_OPTIONS = `(DELIMITER ',')`;
const COLUMNS = `line_number, malformed, billing_token_hash, merchant_id, store_product_id, order_no, amount,
  carrier_amount, credit_card_amount, tmembership_amount, transaction_id, result_code, result_message`;

async function createLinesTable(session: SqlSession, table: string): Promise<void> {
  await session.rows(`DROP TABLE IF EXISTS ${table}`);
  await session.rows(`
    CREATE UNLOGGED TABLE ${table} (
      line_number integer NOT NULL,
      malformed text,
      order_no text,
      merchant_id text,
      store_product_id text,
      billing_token_hash bytea,
      amount bigint,
      carrier_amount bigint,
      credit_card_amount bigint,
      tmembership_amount bigint,
      transaction_id text,
      result_code text,
      result_message text
    ) WITH (autovacuum_enabled = false)`);
}
