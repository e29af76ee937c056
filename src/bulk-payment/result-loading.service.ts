import { Injectable } from '@nestjs/common';
import { BillingTokenVault, maskBillingTokens } from '../billing-token';
import { ResultFileParser, parseResultFile, type ResultLine } from '../gateways/tstore';
import { DomainError } from '../kernel/errors';
import type { StepReport } from '../kernel/step-report';
import { Clock } from '../platform/clock';
import { crashPoint } from '../platform/crash-points';
import { Database, copyBytes, copyInto, copyLine, copyText, type SqlSession } from '../platform/database';
import { Logger } from '../platform/logging';
import { FileStore } from '../platform/storage';
import type { BulkPaymentJob } from './bulk-payment-job.entity';
import { BulkPaymentJobRepository, type JobClaim } from './bulk-payment-job.repository';
import { JobStageRunner } from './job-stage.runner';
import type { StageProgress } from './stage-progress';
import { stagingTablesOf } from './staging';
import { readStoredResult, resultFileUnusable } from './stored-result';

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
      await copyInto(session, `${lines} (${COLUMNS})`, this.rows(job, counted));
      if (loaded !== job.resultLineCount) {
        throw new DomainError('internal-error', `job ${job.id}: ${loaded} lines read, not the number downloaded`);
      }
      await this.jobs.finish(claim, { resultLinesLoaded: loaded, resultLoadedAt: this.clock.now() }, session);
      await crashPoint('load-result.before-commit');
      log.info('result loaded', { lines: loaded });
    });
  }

  private async *rows(job: BulkPaymentJob, counted: (lines: number) => Promise<void>): AsyncGenerator<string> {
    const parser = new ResultFileParser();
    for await (const batch of parseResultFile(readStoredResult(this.files, job), parser)) {
      // Columns in another order would be read as something they are not.
      if (parser.header === 'other') throw resultFileUnusable(job, 'it has a header with other columns');
      // A template a line instead of copyLine: it is done a million times.
      let text = '';
      for (const line of batch) text += this.row(line);
      yield text;
      await counted(batch.length);
    }
  }

  private row(line: ResultLine): string {
    if (line.kind === 'malformed') return copyLine([line.lineNumber, line.malformed, ...NOTHING_READ]);
    return (
      `${line.lineNumber}\t${NULL}\t${copyText(line.orderNo)}\t${keptText(line.merchantId)}\t` +
      `${keptText(line.storeProductId)}\t${copyBytes(this.vault.hexHashOf(line.billingToken))}\t${line.amount}\t` +
      `${line.carrierAmount}\t${line.creditCardAmount}\t${line.tmembershipAmount}\t${keptText(line.transactionId)}\t` +
      `${keptText(line.resultCode)}\t${keptText(line.resultMessage)}\n`
    );
  }
}

/** The order number alone stays as it is: charges are found by it. */
function keptText(text: string | null): string {
  return copyText(text === null ? null : maskBillingTokens(text));
}

const NULL = copyText(null);
const NOTHING_READ = Array<null>(11).fill(null);

const COLUMNS = `line_number, malformed, order_no, merchant_id, store_product_id, billing_token_hash, amount,
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
