import { setTimeout as delay } from 'node:timers/promises';
import type { AdminClient, JobAnswer } from './admin-client';
import { wonText } from './text';

const POLL_MS = 100;

/** How each state is called in the merchant's office. */
const KOREAN: Readonly<Record<string, string>> = {
  Created: '생성',
  Processing: '처리 중',
  Completed: '완료 통보',
  VerifiedCompleted: '검증 완료',
  Failed: '실패',
};

/**
 * Follows jobs over the admin API until each is settled or failed, and prints whatever changes.
 *
 * @param timeoutMs when to give up on jobs that make no end
 * @returns the jobs as they ended, or as they stood when time ran out
 */
export async function follow(
  client: AdminClient,
  jobIds: readonly string[],
  print: (line: string) => void,
  timeoutMs: number,
): Promise<JobAnswer[]> {
  const shown = new Map<string, string>();
  const endAt = performance.now() + timeoutMs;
  for (;;) {
    const jobs = await Promise.all(jobIds.map((id) => client.job(id)));
    for (const job of jobs) show(job, shown, print);
    if (jobs.every(hasEnded) || performance.now() > endAt) return jobs;
    await delay(POLL_MS);
  }
}

export function hasEnded(job: JobAnswer): boolean {
  return job.state === 'Failed' || (job.result?.settledAt ?? null) !== null;
}

function show(job: JobAnswer, shown: Map<string, string>, print: (line: string) => void): void {
  const before = Number(shown.get(job.id)?.split('|')[0] ?? 0);
  for (const entry of job.history.slice(before)) {
    print(`  job ${job.id}  ${entry.toState.padEnd(17)} ${KOREAN[entry.toState] ?? ''} — ${entry.cause}`);
  }
  const stage = stageOf(job);
  if (stage !== '' && stage !== shown.get(job.id)?.split('|')[1]) print(`  job ${job.id}    ${stage}`);
  shown.set(job.id, `${job.history.length}|${stage}`);
}

function stageOf(job: JobAnswer): string {
  const { result, requested } = job;
  if (job.state === 'Created' && job.requestFile !== null)
    return `request file written: ${job.requestFile.bytes} bytes`;
  if (result === null) return '';
  if (result.settledAt !== null) return `settled: ${requested.count} charges, ${wonText(requested.amount)}`;
  if (result.reconciledAt !== null) return `settling ${bar(result.linesApplied, result.lines)}`;
  return `result loading ${bar(result.linesLoaded, result.lines)}`;
}

function bar(done: number, of: number): string {
  const tenths = of === 0 ? 10 : Math.floor((done * 10) / of);
  return `[${'█'.repeat(tenths)}${'·'.repeat(10 - tenths)}] ${done}/${of}`;
}
