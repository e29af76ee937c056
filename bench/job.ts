import { createReadStream, createWriteStream } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { Client } from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import { BulkPaymentJobs, RequestFileIntakeService, type BulkPaymentJob } from '../src/bulk-payment';
import type { RunningService } from '../src/service';
import { startSimulator, type Simulator } from '../simulator';
import { withDatabase } from './database';
import { spreadOf, timed, type BenchmarkOptions, type Comparison } from './measure';
import { startBenchService } from './service';

/** One job from upload to settlement, and the same bytes copied plainly; seconds each. */
interface Round {
  upload: number;
  uploadFloor: number;
  load: number;
  stage: number;
  resultFloor: number;
}

/**
 * A file of `lines` charges through the whole service, served by the simulator. The floors copy the same files into
 * plain tables, from Node, without looking at them.
 */
export async function benchmarkJob(options: BenchmarkOptions): Promise<Comparison[]> {
  const directory = await mkdtemp(join(tmpdir(), 'bench-job-'));
  const simulator = await startSimulator({ processingDelayMs: 0, notificationDelayMs: 0 });
  try {
    return await withDatabase(options.adminUrl, async (url) => {
      const service = await startBenchService({ url, directory, simulator });
      try {
        return comparisonsOf(await rounds(options, { url, directory, simulator, service }), options.lines);
      } finally {
        await service.close();
      }
    });
  } finally {
    await simulator.close();
    await rm(directory, { recursive: true, force: true });
  }
}

interface Bench {
  url: string;
  directory: string;
  simulator: Simulator;
  service: RunningService;
}

async function rounds({ lines, rounds: count, print }: BenchmarkOptions, bench: Bench): Promise<Round[]> {
  const client = new Client({ connectionString: bench.url });
  await client.connect();
  try {
    await client.query(`CREATE TABLE floor_request (${textColumns(9)})`);
    await client.query(`CREATE TABLE floor_result (${textColumns(14)})`);
    const measured: Round[] = [];
    // The first round warms up and does not count.
    for (let round = 0; round <= count; round++) {
      const figures = await oneRound(bench, client, lines, round);
      print(`job round ${round}/${count}: upload ${seconds(figures.upload)}, result stage ${seconds(figures.stage)}`);
      if (round > 0) measured.push(figures);
    }
    return measured;
  } finally {
    await client.end();
  }
}

async function oneRound(bench: Bench, client: Client, lines: number, round: number): Promise<Round> {
  const { app } = bench.service;
  const requestFile = join(bench.directory, 'request.pay');
  await writeFile(requestFile, requestFileOf(lines, `r${round}-`));
  const uploadFloor = await copy(client, 'floor_request', requestFile);
  let jobId = '';
  const upload = await timed(async () => {
    const content = createReadStream(requestFile);
    jobId = (await app.get(RequestFileIntakeService).take({ content, batchReference: '', actor: 'bench' })).id;
  });
  const job = await settled(bench, jobId);
  const resultFile = join(bench.directory, 'result.csv');
  await pipeline((await app.get(BulkPaymentJobs).resultFile(jobId)).content, createWriteStream(resultFile));
  const resultFloor = await copy(client, 'floor_result', resultFile);
  return {
    upload: upload.seconds,
    uploadFloor,
    load: between(job.resultDownloadedAt, job.resultLoadedAt),
    stage: between(job.verifiedAt, job.settledAt),
    resultFloor,
  };
}

async function settled({ service, simulator }: Bench, jobId: string): Promise<BulkPaymentJob> {
  for (;;) {
    const job = await service.app.get(BulkPaymentJobs).get(jobId);
    if (job.settledAt !== null) return job;
    if (job.lastError !== null) throw new Error(job.lastError);
    await simulator.control.deliverNotifications();
    await delay(20);
  }
}

async function copy(client: Client, table: string, file: string): Promise<number> {
  await client.query(`TRUNCATE ${table}`);
  const { seconds: taken } = await timed(() =>
    pipeline(createReadStream(file), client.query(copyFrom(`COPY ${table} FROM STDIN (FORMAT csv, HEADER)`))),
  );
  return taken;
}

function comparisonsOf(measured: readonly Round[], lines: number): Comparison[] {
  const compare = (name: string, ours: keyof Round, floor: keyof Round, floorIs: string, bar: number): Comparison => {
    const figures = {
      ours: spreadOf(measured.map((round) => round[ours])),
      floor: spreadOf(measured.map((round) => round[floor])),
    };
    const ratio = figures.ours.median / figures.floor.median;
    return {
      name: `${name}, ${lines} lines`,
      unit: 's',
      ...figures,
      floorIs,
      ratio,
      bar: `≤ ${bar}`,
      holds: ratio <= bar,
    };
  };
  const resultCopy = 'COPY of the same result file';
  return [
    compare('upload of a .pay file', 'upload', 'uploadFloor', 'COPY of the same .pay file', 3),
    compare('loading the result', 'load', 'resultFloor', resultCopy, 1),
    compare('whole result stage', 'stage', 'resultFloor', resultCopy, 4.5),
  ];
}

function requestFileOf(lines: number, prefix: string): Readable {
  function* rows(): Generator<string> {
    yield 'mid,billingToken,productId,nmProduct,noBranchOrder,amtReqPurchase,amtCarrier,amtCreditCard,amtRms';
    for (let line = 0; line < lines; line++) {
      const token = line.toString(16).toUpperCase().padStart(64, 'A');
      yield `\nskpcorp,${token},0910024116,동영상 클라우드 어린이TV,${prefix}${line},5500,5500,0,0`;
    }
  }
  return Readable.from(rows());
}

function textColumns(count: number): string {
  return Array.from({ length: count }, (_, index) => `c${index} text`).join(', ');
}

function between(from: Date | null, to: Date | null): number {
  if (from === null || to === null) throw new Error('a stage left no time');
  return (to.getTime() - from.getTime()) / 1000;
}

function seconds(value: number): string {
  return `${value.toFixed(2)} s`;
}
