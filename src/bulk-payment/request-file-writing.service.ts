import { Injectable } from '@nestjs/common';
import { BillingTokenVault } from '../billing-token';
import { RequestFileWriter, type RequestRow } from '../gateways/tstore';
import { DomainError } from '../kernel/errors';
import type { StepReport } from '../kernel/step-report';
import { wonFromDatabase } from '../kernel/won';
import { Clock } from '../platform/clock';
import { Database } from '../platform/database';
import { Logger } from '../platform/logging';
import { FileStore } from '../platform/storage';
import type { BulkPaymentJob } from './bulk-payment-job.entity';
import { BulkPaymentJobRepository, type JobClaim } from './bulk-payment-job.repository';
import { JobStageRunner } from './job-stage.runner';

/** Rows fetched at a time: large enough to hide the round trip, small enough to stay unnoticed in memory. */
const PAGE_ROWS = 5_000;

interface RequestRowColumns {
  line_number: number;
  order_no: string;
  store_product_id: string;
  product_name: string;
  amount: string;
  carrier_amount: string;
  credit_card_amount: string;
  tmembership_amount: string;
  token_hash: Buffer;
  ciphertext: Buffer;
  key_id: string;
}

/** Writes a job's charges into its request file, counted and checksummed. */
@Injectable()
export class RequestFileWritingService {
  constructor(
    private readonly stages: JobStageRunner,
    private readonly jobs: BulkPaymentJobRepository,
    private readonly database: Database,
    private readonly files: FileStore,
    private readonly vault: BillingTokenVault,
    private readonly clock: Clock,
  ) {}

  runOnce(): Promise<StepReport> {
    return this.stages.run('write-request-file', (claim, log) => this.write(claim, log));
  }

  private async write(claim: JobClaim, log: Logger): Promise<void> {
    const { job } = claim;
    // Named by the claim: a replica that lost it can't overwrite the file of the one that took over.
    const name = `request-files/job-${job.id}-${claim.leaseId}.pay`;
    const writer = new RequestFileWriter();
    const written = await this.files.write(name, writer.write(this.rows(job)));
    const { lineCount, totalAmount } = writer.summary;
    if (lineCount !== job.lineCount || totalAmount !== job.totalAmount) {
      throw new DomainError('internal-error', `job ${job.id}: its charges don’t add up to the count or sum it states`);
    }
    await this.jobs.finish(claim, {
      requestFileName: name,
      requestFileSha256: written.sha256,
      requestFileBytes: String(written.byteCount),
      requestFileWrittenAt: this.clock.now(),
    });
    log.info('request file written', { lines: job.lineCount, bytes: written.byteCount });
  }

  /** The job's charges with their billing tokens in clear, in line order, page by page. */
  private async *rows(job: BulkPaymentJob): AsyncGenerator<readonly RequestRow[]> {
    let afterLine = 0;
    for (;;) {
      const page = await this.database.rows<RequestRowColumns>(
        `SELECT charge.line_number, charge.order_no, charge.store_product_id, charge.product_name, charge.amount,
           charge.carrier_amount, charge.credit_card_amount, charge.tmembership_amount, billing_token.token_hash,
           billing_token.ciphertext, billing_token.key_id
         FROM charge JOIN billing_token ON billing_token.token_hash = charge.billing_token_hash
         WHERE charge.bulk_payment_job_id = $1 AND charge.line_number > $2
         ORDER BY charge.line_number
         LIMIT ${PAGE_ROWS}`,
        [job.id, afterLine],
      );
      const last = page.at(-1);
      if (last === undefined) return;
      yield page.map((row) => this.requestRow(job, row));
      afterLine = last.line_number;
    }
  }

  private requestRow(job: BulkPaymentJob, row: RequestRowColumns): RequestRow {
    return {
      merchantId: job.merchantId,
      billingToken: this.vault.decryptRow({ tokenHash: row.token_hash, keyId: row.key_id, ciphertext: row.ciphertext }),
      storeProductId: row.store_product_id,
      productName: row.product_name,
      orderNo: row.order_no,
      amount: wonFromDatabase(row.amount),
      carrierAmount: wonFromDatabase(row.carrier_amount),
      creditCardAmount: wonFromDatabase(row.credit_card_amount),
      tmembershipAmount: wonFromDatabase(row.tmembership_amount),
    };
  }
}
