import { createHash } from 'node:crypto';
import { DomainError } from '../../kernel/errors';
import type { FileStore } from '../../platform/storage';
import type { BulkPaymentJob } from '../job/bulk-payment-job.entity';

/**
 * The bytes of a job's stored result file, held against the checksum taken when they were downloaded.
 *
 * @throws {DomainError} `result-file-unusable` at the latest behind the last byte, when the file is gone, was altered, or
 *   is not the one downloaded: whoever reads to the end must not keep what came before
 */
export async function* readStoredResult(
  files: FileStore,
  job: BulkPaymentJob,
): AsyncGenerator<Buffer, void, undefined> {
  if (job.resultFileName === null) throw new DomainError('internal-error', `job ${job.id} has no result file`);
  const hash = createHash('sha256');
  try {
    for await (const chunk of files.openRead(job.resultFileName) as AsyncIterable<Buffer>) {
      hash.update(chunk);
      yield chunk;
    }
  } catch (error) {
    throw resultFileUnusable(job, `what is stored can’t be read (${nameOf(error)})`, error);
  }
  if (job.resultFileSha256?.equals(hash.digest()) !== true) {
    throw resultFileUnusable(job, 'what is stored is not what was downloaded');
  }
}

/** A result file that is not, or not any more, the answer to its job. */
export function resultFileUnusable(job: BulkPaymentJob, why: string, cause?: unknown): DomainError {
  return new DomainError(
    'result-file-unusable',
    `the result file of job ${job.id} can’t be used: ${why}`,
    {},
    { cause },
  );
}

/** A result file that was stored whole. */
export interface WholeResultFile {
  name: string;
  sha256: Buffer;
  byteCount: number;
  rowCount: number;
}

/** A whole result file that is no answer to its job, which is kept for people to look at. */
export class ResultFileRefusedError extends DomainError {
  /** @param mayBeReconciled whether its columns are where they belong, so that a person may take it as it is */
  constructor(
    job: BulkPaymentJob,
    readonly why: string,
    readonly file: WholeResultFile,
    readonly mayBeReconciled: boolean,
  ) {
    super('result-file-unusable', `the result file of job ${job.id} can’t be used: ${why}`);
  }
}

/** The file of a job that has one. */
export function wholeResultOf(job: BulkPaymentJob): WholeResultFile {
  const { resultFileName: name, resultFileSha256: sha256, resultFileBytes, resultLineCount: rowCount } = job;
  if (name === null || sha256 === null || rowCount === null) {
    throw new DomainError('internal-error', `job ${job.id} has no result file`);
  }
  return { name, sha256, byteCount: Number(resultFileBytes), rowCount };
}

/** A system's error text would show where on this machine the file is. */
function nameOf(error: unknown): string {
  return (error as { code?: string }).code ?? 'unknown error';
}
