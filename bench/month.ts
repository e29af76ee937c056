import { createWriteStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { BulkPaymentJobs, type BulkPaymentJob } from '../src/bulk-payment';
import { billingDateAfter, seoulDate, type SeoulDate } from '../src/kernel/seoul-calendar';
import type { RunningService } from '../src/service';
import { BillingRunPlanning } from '../src/billing-run';
import { Connection } from '../src/platform/database';
import { withDatabase } from './database';
import { copyApart, createTextTable } from './copies';
import {
  compareSeconds,
  startWatch,
  textOf,
  timed,
  type BenchmarkOptions,
  type Comparison,
  type RoundRuns,
  type Run,
  type SecondsAsked,
} from './measure';
import { isPeerRound, PeerTables, peerDoes } from './peers';
import type { WrittenByPeer } from './peers/request-file';
import { PlainStatements, sumOf } from './plain';
import { answerOf, startProcess } from './processes';
import { onlyJobOf, startBenchService } from './service';
import { startBenchSimulator } from './simulator';
import { FIRST_BILLING_DATE } from './subscriptions';

/** Days of the month after the billing date; by the default policy there are two later attempts. */
const RETRY_DAYS = ['20', '28'];

const STEPS = ['plan', 'write', 'load', 'stage'] as const;
type Step = (typeof STEPS)[number];

/** One month: what each step took of each side. */
interface Month extends Record<Step, RoundRuns> {
  /** Where the time of the stage went, for reading. */
  stageParts: string;
}

/**
 * A month's billing of `lines` subscriptions through the whole service: planned, written, sent to the simulator (a process
 * of its own), fetched, loaded, reconciled and settled, subscriptions extended.
 */
export async function benchmarkMonth(options: BenchmarkOptions): Promise<Comparison[]> {
  const directory = await mkdtemp(join(tmpdir(), 'bench-month-'));
  const simulator = await startBenchSimulator('--processing-delay', '0', '--notification-delay', '0');
  try {
    return await withDatabase(options.adminUrl, async (url) => {
      const service = await startBenchService({ url, directory, simulatorUrl: simulator.baseUrl });
      const client = new Connection(url);
      await client.connect();
      try {
        await answerOf(startProcess('subscriptions', url, String(options.lines)));
        return comparisonsOf(await new Bench(service, client, url, directory, options).months(), options.lines);
      } finally {
        await client.end();
        await service.close();
      }
    });
  } finally {
    simulator.stop();
    await rm(directory, { recursive: true, force: true });
  }
}

interface Followed {
  job: BulkPaymentJob;
  write: Run;
  load: Run;
  stage: Run;
}

class Bench {
  constructor(
    private readonly service: RunningService,
    private readonly client: Connection,
    private readonly url: string,
    private readonly directory: string,
    private readonly options: BenchmarkOptions,
  ) {}

  /** The first month warms up and does not count. */
  async months(): Promise<Month[]> {
    const { rounds, lines, print } = this.options;
    await createTextTable(this.client, 'plain_result', 14);
    const plain = await PlainStatements.prepare(this.client);
    const peers = await PeerTables.prepare(this.client);
    const months: Month[] = [];
    let date = FIRST_BILLING_DATE;
    for (let round = 0; round <= rounds; round++) {
      const month = await this.month(date, plain, isPeerRound(round, lines) ? peers : undefined);
      for (const day of RETRY_DAYS) await this.retry(seoulDate(date.slice(0, -2) + day));
      await plain.settlements();
      // Between two runs lies a month, in which autovacuum comes round.
      await this.client.query('VACUUM ANALYZE');
      const took = STEPS.map((step) => `${step} ${textOf(month[step])}`).join(', ');
      print(`month ${round}/${rounds} of ${lines}: ${took} (${month.stageParts})`);
      if (round > 0) months.push(month);
      date = billingDateAfter(date, 1, Number(FIRST_BILLING_DATE.slice(-2)));
    }
    return months;
  }

  private async month(date: SeoulDate, plain: PlainStatements, peers: PeerTables | undefined): Promise<Month> {
    await peers?.fill('subscription');
    const plan = await timed(() => this.service.app.get(BillingRunPlanning).plan(date));
    const { job, write, load, stage } = await this.followed(date, new Date());
    // The others come when the service has nothing left to do, and in the same month, so that all meet the same machine.
    const file = join(this.directory, 'plain.csv');
    const planLimit = await plain.charges(job.id);
    const rows = `SELECT charge.*, billing_token.ciphertext, billing_token.key_id
      FROM charge JOIN billing_token ON billing_token.token_hash = charge.billing_token_hash
      WHERE charge.bulk_payment_job_id = ${job.id} ORDER BY charge.line_number`;
    const writeLimit = await copyApart(this.url, { query: rows, file });
    await pipeline((await this.jobs.resultFile(job.id)).content, createWriteStream(file));
    const loadLimit = await copyApart(this.url, { table: 'plain_result', file });
    const stageLimit = sumOf(loadLimit, await plain.settlements());
    const peer = peers && (await this.peersMonth(job, file, peers));
    return {
      plan: { ours: plan, limit: planLimit },
      write: { ours: write, limit: writeLimit, peer: peer?.write },
      load: { ours: load, limit: loadLimit },
      stage: { ours: stage, limit: stageLimit, peer: peer?.stage },
      stageParts: partsOf(job),
    };
  }

  /** The same charges written and settled by the peer, to the same file and the same rows. */
  private async peersMonth(
    { id: jobId, merchantId, requestFileSha256 }: BulkPaymentJob,
    resultFile: string,
    tables: PeerTables,
  ): Promise<Record<'write' | 'stage', Run>> {
    await tables.empty('settlement', 'subscription_history');
    await tables.fill('billing_token');
    await tables.fill('charge', `bulk_payment_job_id = ${jobId}`);
    const file = join(this.directory, 'peer.pay');
    const written = await peerDoes<WrittenByPeer>('request-file', this.url, { jobId, merchantId, file });
    if (written.sha256 !== requestFileSha256?.toString('hex')) throw new Error('the peer wrote another request file');
    const stage = await peerDoes<Run>('result-stage', this.url, { jobId, file: resultFile });
    await tables.expectSame('settlement', `bulk_payment_job_id = ${jobId}`);
    await tables.expectSame('subscription');
    await tables.expectSame('subscription_history', historyOfSettling(jobId));
    return { write: written.run, stage };
  }

  /** What was declined is tried again on its own day and not with the next month, as in production; nobody measures it. */
  private async retry(date: SeoulDate): Promise<void> {
    const planned = await this.service.app.get(BillingRunPlanning).plan(date);
    if (planned !== undefined && planned.chargeCount > 0) await this.followed(date, new Date());
  }

  private get jobs(): BulkPaymentJobs {
    return this.service.app.get(BulkPaymentJobs);
  }

  /** Follows the run's job to its end. Times are the job's own; processor time is read off whenever it passes a step. */
  private async followed(date: SeoulDate, plannedAt: Date): Promise<Followed> {
    const beginning = startWatch();
    const jobId = await onlyJobOf(this.client, date);
    const passed: Partial<Record<'written' | 'verified' | 'downloaded' | 'loaded', number>> = {};
    for (;;) {
      const job = await this.jobs.get(jobId);
      if (job.lastError !== null || job.state === 'Failed') throw new Error(job.lastError ?? job.failureReason ?? '');
      const { cpuSeconds, seconds } = beginning();
      if (job.requestFileWrittenAt !== null) passed.written ??= cpuSeconds;
      if (job.verifiedAt !== null) passed.verified ??= cpuSeconds;
      if (job.resultDownloadedAt !== null) passed.downloaded ??= cpuSeconds;
      if (job.resultLoadedAt !== null) passed.loaded ??= cpuSeconds;
      if (job.settledAt !== null) {
        const { written = 0, verified = 0, downloaded = 0, loaded = 0 } = passed;
        return {
          job,
          write: { seconds: between(plannedAt, job.requestFileWrittenAt), cpuSeconds: written },
          load: { seconds: between(job.resultDownloadedAt, job.resultLoadedAt), cpuSeconds: loaded - downloaded },
          stage: { seconds: between(job.verifiedAt, job.settledAt), cpuSeconds: cpuSeconds - verified },
        };
      }
      if (seconds > 600) throw new Error('the job was not settled within ten minutes');
      await delay(20);
    }
  }
}

function comparisonsOf(months: readonly Month[], rows: number): Comparison[] {
  const compare = (step: Step, asked: Omit<SecondsAsked, 'rows'>): Comparison =>
    compareSeconds(
      { ...asked, rows },
      months.map((month) => month[step]),
    );
  return [
    compare('plan', { name: 'planning a run', limitIs: 'INSERT … SELECT of the same charges', atMost: 1.5 }),
    compare('write', {
      name: 'writing the request file',
      limitIs: 'COPY … TO of the same rows',
      atMost: 1.5,
      peerIs: 'TypeORM, pages of 1,000, csv-stringify',
      atLeast: 5,
    }),
    compare('load', { name: 'loading the result file', limitIs: 'COPY of the same file', atMost: 1 }),
    compare('stage', {
      name: 'the whole result stage',
      limitIs: 'COPY of the file, INSERT … SELECT of the settlements, UPDATE of the subscriptions',
      atMost: 1.25,
      peerIs: 'csv-parse, TypeORM in transactions of 1,000',
      atLeast: 15,
    }),
  ];
}

/** What settling a job wrote of the subscriptions whose charges are in it. */
function historyOfSettling(jobId: string): string {
  return `actor = 'settlement' AND (subscription_id, at) IN (
    SELECT subscription_id, settled_at FROM settlement WHERE bulk_payment_job_id = ${jobId})`;
}

function partsOf(job: BulkPaymentJob): string {
  const parts = {
    fetch: between(job.verifiedAt, job.resultDownloadedAt),
    load: between(job.resultDownloadedAt, job.resultLoadedAt),
    reconcile: between(job.resultLoadedAt, job.reconciledAt),
    settle: between(job.reconciledAt, job.settledAt),
  };
  return Object.entries(parts)
    .map(([part, seconds]) => `${part} ${seconds.toFixed(2)}`)
    .join(', ');
}

function between(from: Date | null, to: Date | null): number {
  if (from === null || to === null) throw new Error('a step left no time');
  return (to.getTime() - from.getTime()) / 1000;
}
