import { Injectable } from '@nestjs/common';
import { readRawLines } from '../../gateways/tstore';
import { KeyRing } from '../../platform/crypto';
import type { SqlSession } from '../../platform/database';
import { FileStore } from '../../platform/storage';
import type { BulkPaymentJob } from '../job/bulk-payment-job.entity';
import { readStoredResult } from '../result/stored-result';

/** Lines stored by one statement. */
const BATCH_LINES = 1_000;

/** The row a raw line is encrypted for, so that a ciphertext moved to another row is noticed. */
export function rawLineIdentity(jobId: string, lineNumber: number): string {
  return `discrepancy:${jobId}:${lineNumber}`;
}

/** Keeps the raw line beside each discrepancy: encrypted, because it carries the billing token. */
@Injectable()
export class DiscrepancyEvidence {
  constructor(
    private readonly files: FileStore,
    private readonly keys: KeyRing,
  ) {}

  /** Goes through the result file once more, and only where there is a discrepancy to keep. */
  async keepRawLines(session: SqlSession, job: BulkPaymentJob): Promise<void> {
    const [wanted] = await session.rows<{ line_numbers: number[] | null }>(
      `SELECT array_agg(line_number ORDER BY line_number) AS line_numbers
       FROM discrepancy WHERE bulk_payment_job_id = $1 AND line_number IS NOT NULL`,
      [job.id],
    );
    const lineNumbers = wanted?.line_numbers ?? [];
    if (lineNumbers.length === 0) return;
    let batch: { lineNumber: number; raw: Buffer }[] = [];
    for await (const line of readRawLines(readStoredResult(this.files, job), lineNumbers)) {
      batch.push(line);
      if (batch.length === BATCH_LINES) {
        await this.store(session, job, batch);
        batch = [];
      }
    }
    if (batch.length > 0) await this.store(session, job, batch);
  }

  private async store(
    session: SqlSession,
    job: BulkPaymentJob,
    lines: readonly { lineNumber: number; raw: Buffer }[],
  ): Promise<void> {
    const sealed = lines.map((line) => this.keys.encrypt(line.raw, rawLineIdentity(job.id, line.lineNumber)));
    await session.execute(
      `UPDATE discrepancy SET raw_line_ciphertext = line.ciphertext, raw_line_key_id = line.key_id
       FROM unnest($2::integer[], $3::bytea[], $4::text[]) AS line (line_number, ciphertext, key_id)
       WHERE discrepancy.bulk_payment_job_id = $1 AND discrepancy.line_number = line.line_number`,
      [job.id, lines.map((line) => line.lineNumber), sealed.map((s) => s.ciphertext), sealed.map((s) => s.keyId)],
    );
  }
}
