import { Injectable } from '@nestjs/common';
import { BillingTokenVault } from '../../billing-token';
import { RequestFileWriter, type RequestRow } from '../../gateways/tstore';
import { DomainError } from '../../kernel/errors';
import type { StepReport } from '../../kernel/step-report';
import { won } from '../../kernel/won';
import { Clock } from '../../platform/clock';
import { crashPoint } from '../../platform/crash-points';
import { Database, copyOut, type CopiedRows, type SqlTransaction } from '../../platform/database';
import { Logger } from '../../platform/logging';
import { FileStore } from '../../platform/storage';
import type { BulkPaymentJob } from '../job/bulk-payment-job.entity';
import { BulkPaymentJobRepository, type JobClaim } from '../job/bulk-payment-job.repository';
import { JobStageRunner } from '../job/job-stage.runner';
import type { StageProgress } from '../job/stage-progress';
import { Unwritable } from './unwritable';
import { UnwritableCharges } from './unwritable-charges.service';

/**
 * Each token is looked up by its key as its line comes: the first line comes at once and PostgreSQL is always ahead of
 * the decryption, and what it costs depends on the job, not on how many tokens the vault has. Other plans read all of
 * them, and sort a million rows, before the first.
 */
const LINE_BY_LINE = [
  'enable_hashjoin = off',
  'enable_mergejoin = off',
  'enable_seqscan = off',
  'enable_sort = off',
  'max_parallel_workers_per_gather = 0',
];

/**
 * Writes a job's charges into its request file, counted and checksummed. Charges that no file can carry are set aside first,
 * in a job of their own: they keep back nobody else (docs/decisions/0027).
 */
@Injectable()
export class RequestFileWritingService {
  constructor(
    private readonly stages: JobStageRunner,
    private readonly jobs: BulkPaymentJobRepository,
    private readonly database: Database,
    private readonly files: FileStore,
    private readonly vault: BillingTokenVault,
    private readonly unwritable: UnwritableCharges,
    private readonly clock: Clock,
  ) {}

  runOnce(): Promise<StepReport> {
    return this.stages.run('write-request-file', (claim, log, progress) => this.write(claim, log, progress));
  }

  private async write(claim: JobClaim, log: Logger, progress: StageProgress): Promise<void> {
    const { job } = claim;
    // Named by the claim: a replica that lost it can't overwrite the file of the one that took over.
    const name = `request-files/job-${job.id}-${claim.leaseId}.pay`;
    const unwritable = new Unwritable();
    const writer = new RequestFileWriter(({ orderNo }, error) => unwritable.add(orderNo, error));
    // Open while the rows are read, on nobody but the disk's account.
    const written = await this.database.transaction((session) =>
      this.files.write(name, writer.write(this.rows(session, job, progress, unwritable))),
    );
    if (unwritable.count > 0) {
      await this.files.remove(name);
      return this.unwritable.setAside(claim, unwritable, log);
    }
    const { lineCount, totalAmount } = writer.summary;
    if (lineCount !== job.lineCount || totalAmount !== job.totalAmount) {
      throw new DomainError('internal-error', `job ${job.id}: its charges don’t add up to the count or sum it states`);
    }
    await crashPoint('write-request-file.file-stored');
    await this.jobs.finish(claim, {
      requestFileName: name,
      requestFileSha256: written.sha256,
      requestFileBytes: String(written.byteCount),
      requestFileWrittenAt: this.clock.now(),
    });
    log.info('request file written', { lines: job.lineCount, bytes: written.byteCount });
  }

  /** The job's charges with their billing tokens in clear, in line order. */
  private async *rows(
    session: SqlTransaction,
    job: BulkPaymentJob,
    progress: StageProgress,
    unwritable: Unwritable,
  ): AsyncGenerator<readonly RequestRow[]> {
    for (const setting of LINE_BY_LINE) await session.rows(`SET LOCAL ${setting}`);
    let written = 0;
    for await (const rows of copyOut(session, rowsSqlOf(job.id), ROW_COLUMNS)) {
      const batch: RequestRow[] = [];
      let read = 0;
      for (; rows.advance(); read++) {
        const row = this.requestRow(job, rows, unwritable);
        if (row !== undefined) batch.push(row);
      }
      yield batch;
      await progress.report((written += read));
    }
  }

  /** @returns `undefined` when its billing token does not open, which keeps back nobody else */
  private requestRow(job: BulkPaymentJob, row: CopiedRows, unwritable: Unwritable): RequestRow | undefined {
    const billingToken = this.openToken(row, unwritable);
    if (billingToken === undefined) return undefined;
    return {
      merchantId: job.merchantId,
      billingToken,
      orderNo: row.text(0),
      storeProductId: row.repeatedText(1),
      productName: row.repeatedText(2),
      amount: won(row.integer(3)),
      carrierAmount: won(row.integer(4)),
      creditCardAmount: won(row.integer(5)),
      tmembershipAmount: won(row.integer(6)),
    };
  }

  private openToken(row: CopiedRows, unwritable: Unwritable): string | undefined {
    try {
      return this.vault.decrypt(row.hex(7), { ciphertext: row.buffer(8), keyId: row.repeatedText(9) });
    } catch (error) {
      unwritable.add(row.text(0), error);
      return undefined;
    }
  }
}

/** As many as {@link rowsSqlOf} selects; they are taken by their places. */
const ROW_COLUMNS = 10;

/** @param jobId decimal digits, which makes it safe as SQL */
function rowsSqlOf(jobId: string): string {
  if (!/^\d+$/.test(jobId)) throw new TypeError('a job id is made of digits');
  return `SELECT charge.order_no, charge.store_product_id, charge.product_name, charge.amount, charge.carrier_amount,
      charge.credit_card_amount, charge.tmembership_amount, billing_token.token_hash, billing_token.ciphertext,
      billing_token.key_id
    FROM charge JOIN billing_token ON billing_token.token_hash = charge.billing_token_hash
    WHERE charge.bulk_payment_job_id = ${jobId}
    ORDER BY charge.line_number`;
}
