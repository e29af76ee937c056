import type { SqlSession } from '../../platform/database';
import type { JobChanges } from '../job/bulk-payment-job.repository';

/**
 * The unlogged tables a job's result passes through, by name. They hold copies only: the result file can load them
 * again, so they are made without write-ahead log and dropped when the job is settled.
 */
export interface StagingTables {
  /** The result file's lines as read. */
  lines: string;
  /** What reconciliation found of each line; clean ones are settled in the order of their charges. */
  findings: string;
  /** The index of the findings by charge; an index is named without its schema. */
  findingsByCharge: string;
}

/** @param jobId decimal digits, which makes the names safe as SQL */
export function stagingTablesOf(jobId: string): StagingTables {
  if (!/^\d+$/.test(jobId)) throw new TypeError('a job id is made of digits');
  return {
    lines: `staging.result_line_${jobId}`,
    findings: `staging.result_finding_${jobId}`,
    findingsByCharge: `result_finding_${jobId}_by_charge`,
  };
}

/** Rows of a staging table; 0 where it is gone. A database that crashed empties unlogged tables. */
export async function stagedRowCount(session: SqlSession, table: string): Promise<number> {
  const [found] = await session.rows<{ present: boolean }>('SELECT to_regclass($1) IS NOT NULL AS present', [table]);
  if (!found?.present) return 0;
  const [count] = await session.rows<{ count: number }>(`SELECT count(*)::int AS count FROM ${table}`);
  return count?.count ?? 0;
}

/**
 * Sends a job back to loading its result file. Nothing is lost by it: findings and their order follow from the file and
 * the charges alone, discrepancies are kept once by their keys, and settling goes on behind what is settled.
 */
export const LOAD_AGAIN = {
  resultLoadedAt: null,
  resultLinesLoaded: 0,
  reconciledAt: null,
  findingCounts: null,
  paidCount: null,
  paidAmount: null,
  declinedCount: null,
  declinedAmount: null,
  missingCount: null,
  missingAmount: null,
  quarantinedCount: null,
  quarantinedAmount: null,
} satisfies JobChanges;

/** Sends a job back to fetching its result file: what was fetched is not its answer. */
export const FETCH_AGAIN = {
  ...LOAD_AGAIN,
  resultFileName: null,
  resultFileSha256: null,
  resultFileBytes: null,
  resultLineCount: null,
  resultDownloadedAt: null,
  resultTakenAsIsAt: null,
} satisfies JobChanges;
