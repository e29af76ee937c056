import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import type { TstoreFaults } from '../faults/armed-faults';
import { delay } from '../../shared/http/delay';
import type { TstoreExchange } from '../exchange';
import type { Authorization } from '../oauth/authorization';
import { REFUSAL_CODES } from '../result-codes';
import { isResultOpen, type Job } from './job';
import type { JobRegister } from './job-register';
import { damageBytes, damageLines } from './result-damage';
import { RESULT_HEADER_LINE } from './result-file';

/** Large reads keep a download of a million lines at the speed of the disk. */
const READ_BYTES = 512 * 1024;

const RESULT_HEADERS = { 'Content-Type': 'text/plain;charset=UTF-8' };

export class ResultCall {
  constructor(
    private readonly authorization: Authorization,
    private readonly faults: TstoreFaults,
    private readonly jobs: JobRegister,
  ) {}

  async handle(exchange: TstoreExchange, jobId: string): Promise<void> {
    const client = await this.authorization.clientOf(exchange);
    if (client === null) return;
    await exchange.drain();
    const job = this.jobs.findOf(client, jobId);
    exchange.note += ` job ${jobId}`;
    if (!job) return exchange.result(200, REFUSAL_CODES.unknownJob, 'No such job');
    const slow = this.faults.strikeOn(exchange, 'result-slow', { jobId });
    if (slow) await delay(slow.number('delayMs'));
    const failing = this.faults.strikeOn(exchange, 'result-failing', { jobId });
    if (failing) return exchange.result(failing.number('status'), REFUSAL_CODES.failure, 'Result failed');
    const json = this.faults.strikeOn(exchange, 'result-json', { jobId });
    if (json) return exchange.result(json.number('status'), json.text('resultCode'), json.text('resultMsg'));
    if (isResultOpen(job)) return this.serve(exchange, job);
    if (!this.faults.strikeOn(exchange, 'result-early', { jobId })) {
      return exchange.result(200, REFUSAL_CODES.resultNotReady, 'The result is not ready');
    }
    if (job.state === 'Completed' && !job.unanswered) return this.serve(exchange, job);
    exchange.response.writeHead(200, RESULT_HEADERS).end(RESULT_HEADER_LINE);
  }

  private async serve(exchange: TstoreExchange, job: Job): Promise<void> {
    const other = this.faults.strikeOn(exchange, 'result-other-job', { jobId: job.id }) ? this.anotherThan(job) : null;
    const served = other ?? job;
    const lines = damageLines(this.faults, exchange, served, job.id);
    const bytes = await damageBytes(this.faults, exchange, served, job.id);
    exchange.note += ` rows=${Math.min(served.processedRows, served.rows.count)}`;
    exchange.response.writeHead(200, RESULT_HEADERS);
    const source = createReadStream(served.resultPath, { highWaterMark: READ_BYTES });
    const stages = [...lines, ...bytes];
    try {
      await pipeline([source, ...stages, exchange.response]);
    } catch {
      // The client went away or a fault cut the connection; either way there is nobody left to answer.
      exchange.cut();
    }
  }

  private anotherThan(job: Job): Job | null {
    return this.jobs.all().find((other) => other !== job && other.state === 'Completed') ?? null;
  }
}
