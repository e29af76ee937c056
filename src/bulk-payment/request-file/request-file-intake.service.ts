import { Injectable } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import type { Person } from '../../approval';
import { OWN_ORDER_NOS } from '../../charge';
import { GatewayAccounts } from '../../gateway-account';
import { RequestFileReader, type NumberedRequestRow, type RequestFileVerdict } from '../../gateways/tstore';
import { DomainError } from '../../kernel/errors';
import { crashPoint } from '../../platform/crash-points';
import { Database, isTransactionConflict, violatesUnique, type SqlTransaction } from '../../platform/database';
import { FileStore } from '../../platform/storage';
import type { BulkPaymentJob } from '../job/bulk-payment-job.entity';
import { BulkPaymentJobRepository } from '../job/bulk-payment-job.repository';
import { UploadApprovals } from './upload-approvals';
import { UnusualUploads } from './unusual-upload';
import { UploadRepository } from './upload.repository';

export interface RequestFileUpload {
  content: AsyncIterable<Buffer>;
  /** What the merchant calls this batch; the same content is taken once for each name. Empty for none. */
  batchReference: string;
  /** The gateway account it is collected by. */
  gatewayAccount: string;
  by: Person;
}

/** Takes a merchant's `.pay` file: read to the end before anything is stored, then stored whole or not at all. */
@Injectable()
export class RequestFileIntakeService {
  /**
   * One upload at a time is stored by a process: each takes one of the few connections for changes as long as its lines are copied, and
   * they would wait for one another's tokens.
   */
  private storing: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly jobs: BulkPaymentJobRepository,
    private readonly uploads: UploadRepository,
    private readonly holds: UploadApprovals,
    private readonly unusual: UnusualUploads,
    private readonly database: Database,
    private readonly files: FileStore,
    private readonly accounts: GatewayAccounts,
  ) {}

  /**
   * @throws {DomainError} `gateway-account-not-found`, `gateway-not-configured`, `gateway-account-unusable`; `invalid-request-file` with the faulty lines; `duplicate-request-file` with the first job's
   *   id; `duplicate-order-number` with the lines whose order number was used before, in this file or ever
   */
  async take(upload: RequestFileUpload): Promise<BulkPaymentJob> {
    const { mid } = (await this.accounts.require(upload.gatewayAccount, 'set-up')).identifiers;
    if (mid === undefined) throw new DomainError('internal-error', `the account ${upload.gatewayAccount} has no mid`);
    const spooled = `uploads/${randomUUID()}.tmp`;
    // To disk first: no transaction waits for a slow uploader, and a broken upload leaves nothing behind.
    await this.files.write(spooled, upload.content);
    try {
      const jobId = await this.storeOrExplain(spooled, { ...upload, merchantId: mid });
      const job = await this.jobs.find(jobId);
      if (job === undefined) throw new DomainError('internal-error', `job ${jobId} vanished after it was stored`);
      return job;
    } finally {
      await this.files.remove(spooled);
    }
  }

  private async storeOrExplain(spooled: string, upload: MerchantsUpload): Promise<string> {
    const accepted = await this.read(spooled, upload);
    const stored = this.storing.then(() => this.storeRead(spooled, accepted, upload));
    this.storing = stored.catch(() => undefined);
    return stored;
  }

  /** What collides with an upload at the same time looks again, and finds that one, or nothing if it was taken back. */
  private async storeRead(spooled: string, accepted: AcceptedRequestFile, upload: MerchantsUpload): Promise<string> {
    for (let collisions = 1; ; collisions += 1) {
      try {
        return await this.store(spooled, accepted, upload);
      } catch (error) {
        if (!isCollision(error) || collisions === MAX_COLLISIONS) throw error;
        if (violatesUnique(error, 'bulk_payment_job_content_once')) continue;
        await this.database.transaction((session) => this.refuseRepeatedOrderNumbers(session, spooled, upload));
      }
    }
  }

  /** Reads the file to its end, for its faults, its numbers and its checksum. @throws {DomainError} `invalid-request-file` */
  private async read(spooled: string, { merchantId }: MerchantsUpload): Promise<AcceptedRequestFile> {
    const reader = new RequestFileReader(merchantId, OWN_ORDER_NOS);
    return acceptedOf(await reader.check(this.files.openRead(spooled)));
  }

  /** The rows of a file that was read before and found to be good. */
  private rows(spooled: string, { merchantId }: MerchantsUpload): AsyncIterable<readonly NumberedRequestRow[]> {
    return new RequestFileReader(merchantId, OWN_ORDER_NOS).rows(this.files.openRead(spooled));
  }

  private async store(spooled: string, accepted: AcceptedRequestFile, upload: MerchantsUpload): Promise<string> {
    const { lineCount, totalAmount } = accepted;
    const { batchReference, gatewayAccount, merchantId, by } = upload;
    const contentSha256 = Buffer.from(accepted.contentSha256, 'hex');
    const storedId = await this.database.transaction(async (session) => {
      await this.refuseRepeatedContent(session, contentSha256, batchReference);
      const job = { origin: 'upload', contentSha256, batchReference, lineCount, totalAmount } as const;
      const why = { cause: 'request file uploaded', actor: by.actor };
      const jobId = await this.jobs.create(session, { ...job, gatewayAccount, merchantId }, why);
      const { rows, highest } = this.unusual.watch(this.rows(spooled, upload));
      await this.uploads.createCharges(session, { jobId, gatewayAccount }, rows);
      await this.holds.holdUnusual(session, jobId, { count: lineCount, amount: totalAmount, highest }, by);
      await crashPoint('upload.before-commit');
      return jobId;
    });
    await crashPoint('upload.committed');
    return storedId;
  }

  private async refuseRepeatedContent(session: SqlTransaction, sha256: Buffer, batchReference: string): Promise<void> {
    const first = await this.uploads.jobWithContent(session, sha256, batchReference);
    if (first === undefined) return;
    throw new DomainError(
      'duplicate-request-file',
      `This content was uploaded before as job ${first}. If it is meant to be billed again, state another batch reference`,
      { jobId: first },
    );
  }

  private async refuseRepeatedOrderNumbers(
    session: SqlTransaction,
    spooled: string,
    upload: MerchantsUpload,
  ): Promise<void> {
    const repeated = await this.uploads.repeatedOrderNumbers(session, this.rows(spooled, upload));
    if (repeated.length === 0) return;
    throw new DomainError('duplicate-order-number', 'Order numbers are used once, ever; nothing was stored', {
      faults: repeated.map((line) => ({
        line: line.lineNumber,
        field: 'noBranchOrder',
        expected: line.jobId
          ? `an order number never used before (used in job ${line.jobId})`
          : `an order number used once in the file (line ${line.firstLine} has it too)`,
      })),
    });
  }
}

/** With what the account's gateway calls the merchant, which each row must name. */
type MerchantsUpload = RequestFileUpload & { merchantId: string };

/** Each takes another upload that was quicker with the same order numbers, and then took itself back. */
const MAX_COLLISIONS = 5;

/** Two files with the same order numbers in another order wait for each other, until PostgreSQL ends one. */
function isCollision(error: unknown): boolean {
  const keys = ['charge_order_no_once', 'bulk_payment_job_content_once'];
  return keys.some((key) => violatesUnique(error, key)) || isTransactionConflict(error);
}

type AcceptedRequestFile = Extract<RequestFileVerdict, { kind: 'accepted' }>;

function acceptedOf(verdict: RequestFileVerdict): AcceptedRequestFile {
  if (verdict.kind === 'accepted') return verdict;
  const { faults, faultCount } = verdict;
  throw new DomainError('invalid-request-file', `${faultCount} fault(s) in the file; nothing was stored`, {
    faults,
    faultCount,
  });
}
