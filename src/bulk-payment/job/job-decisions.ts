import { shownWon } from '../../kernel/won';
import type { SqlSession } from '../../platform/database';
import type { Tally } from '../result/reconciliation.repository';

/** What may become of a charge that a result leaves missing or quarantined; `open` while nobody has decided. */
export const DECIDED = ['acceptedPaid', 'acceptedDeclined', 'closed', 'open'] as const;

/** What became of the missing and quarantined charges of a job; together they are these. */
export type JobDecisions = Record<(typeof DECIDED)[number], Tally>;

/** A row of numbers, each in columns `name_count` and `name_amount`. */
export type TallyRow = Partial<Record<`${string}_${'count' | 'amount'}`, string | null>>;

/** Reads what stands in a row under these names, in camel case here and in snake case there. */
export function talliesOf<Name extends string>(
  names: readonly Name[],
  row: TallyRow = {},
  prefix = '',
): Record<Name, Tally> {
  const tallies = names.map((name) => {
    const column = `${prefix}${name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)}` as const;
    return [name, tallyOf(row[`${column}_count`], row[`${column}_amount`])];
  });
  return Object.fromEntries(tallies) as Record<Name, Tally>;
}

export function tallyOf(count: string | null | undefined, amount: string | null | undefined): Tally {
  return { count: Number(count ?? 0), amount: shownWon(amount ?? '0') };
}

/** @returns what became of the discrepant charges of each of these jobs */
export async function readJobDecisions(
  session: SqlSession,
  jobIds: readonly string[],
): Promise<(jobId: string) => JobDecisions> {
  const rows = await session.rows<TallyRow & { job_id: string }>(
    'SELECT * FROM job_decisions WHERE job_id = ANY ($1::bigint[])',
    [jobIds],
  );
  const byJob = new Map(rows.map((row) => [row.job_id, row]));
  return (jobId) => talliesOf(DECIDED, byJob.get(jobId));
}
