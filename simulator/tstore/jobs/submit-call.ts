import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import {
  RESULT_CODE_SUCCESS,
  type SubmissionHeaders,
  type SubmissionResponse,
} from '../../../src/gateways/tstore/wire';
import { delay } from '../../shared/http/delay';
import type { TstoreExchange } from '../exchange';
import type { TstoreFaults } from '../faults/armed-faults';
import type { Authorization } from '../oauth/authorization';
import type { Client } from '../oauth/clients';
import type { CountMismatchPolicy, SimulatorOptions } from '../../options';
import { REFUSAL_CODES } from '../result-codes';
import type { Job } from './job';
import type { JobProcessing } from './job-processing';
import type { JobRegister } from './job-register';
import type { RequestRows } from './request-rows';
import { headerProblem, readSubmissionHeaders } from './submission-headers';
import { receiveUpload } from './upload';

type SubmitOptions = Pick<SimulatorOptions, 'countTooLow' | 'countTooHigh' | 'processingDelayMs'>;

interface SubmitParts {
  authorization: Authorization;
  faults: TstoreFaults;
  jobs: JobRegister;
  processing: JobProcessing;
  folder: string;
  /** Completes the job and sends its message at once, and waits for the merchant's answer. */
  completeAndNotify: (job: Job) => Promise<void>;
}

export class SubmitCall {
  private uploads = 0;

  constructor(
    private readonly options: SubmitOptions,
    private readonly parts: SubmitParts,
  ) {}

  async handle(exchange: TstoreExchange): Promise<void> {
    const client = await this.parts.authorization.clientOf(exchange);
    if (client === null) return;
    const headers = readSubmissionHeaders(exchange);
    this.uploads += 1;
    const path = join(this.parts.folder, `upload-${this.uploads}.pay`);
    const upload = await receiveUpload(exchange, path, client.mid, this.parts.faults.strikeOn(exchange, 'submit-cut'));
    if (upload.kind === 'broken-off') {
      exchange.note += ' upload broken off, nothing accepted';
      return;
    }
    const badHeader = headerProblem(headers, client.bid);
    if (this.refuse(exchange, headers, upload.rows, { badHeader, badFile: upload.problem })) {
      await rm(path, { force: true });
      return;
    }
    const job = this.accept(client, headers, upload.rows);
    exchange.note += ` job ${job.id} rows=${job.rows.count} cntTotalTrans=${headers.cntTotalTrans}`;
    await this.answer(exchange, job);
  }

  private refuse(
    exchange: TstoreExchange,
    headers: SubmissionHeaders,
    rows: RequestRows,
    { badHeader, badFile }: { badHeader: string | null; badFile: string | null },
  ): boolean {
    const failing = this.parts.faults.strikeOn(exchange, 'submit-failing-before');
    const refused = failing ? null : this.parts.faults.strikeOn(exchange, 'submit-refused');
    if (failing) {
      exchange.result(failing.number('status'), REFUSAL_CODES.failure, 'Failed before acceptance');
    } else if (refused) {
      exchange.result(refused.number('status'), refused.text('resultCode'), refused.text('resultMsg'));
    } else if (badHeader !== null) {
      exchange.result(200, REFUSAL_CODES.badHeader, badHeader);
    } else if (badFile !== null) {
      exchange.result(200, REFUSAL_CODES.badFile, badFile);
    } else if (this.mismatchPolicy(headers, rows) === 'refuse') {
      exchange.result(200, REFUSAL_CODES.badHeader, `cntTotalTrans is not the number of rows, ${rows.count}`);
    } else {
      return false;
    }
    return true;
  }

  private mismatchPolicy(headers: SubmissionHeaders, rows: RequestRows): CountMismatchPolicy {
    const declared = Number(headers.cntTotalTrans);
    if (declared === rows.count) return 'complete';
    return declared < rows.count ? this.options.countTooLow : this.options.countTooHigh;
  }

  private accept(client: Client, headers: SubmissionHeaders, rows: RequestRows): Job {
    const policy = this.mismatchPolicy(headers, rows);
    const processedRows = policy === 'drop' ? Math.min(Number(headers.cntTotalTrans), rows.count) : rows.count;
    const job = this.parts.jobs.accept({ client, headers, rows, processedRows, unanswered: policy === 'unanswered' });
    this.parts.processing.schedule(job, this.options.processingDelayMs);
    return job;
  }

  private async answer(exchange: TstoreExchange, job: Job): Promise<void> {
    if (this.parts.faults.strikeOn(exchange, 'notification-before-answer', { jobId: job.id }))
      await this.parts.completeAndNotify(job);
    const slow = this.parts.faults.strikeOn(exchange, 'submit-slow', { jobId: job.id });
    if (slow) await delay(slow.number('delayMs'));
    await this.parts.faults.strikeOn(exchange, 'submit-held', { jobId: job.id })?.disarmed;
    const failing = this.parts.faults.strikeOn(exchange, 'submit-failing-after', { jobId: job.id });
    if (failing) {
      exchange.result(failing.number('status'), REFUSAL_CODES.failure, 'Failed after acceptance');
      return;
    }
    const refused = this.parts.faults.strikeOn(exchange, 'submit-refused-after', { jobId: job.id });
    if (refused) {
      exchange.result(refused.number('status'), refused.text('resultCode'), refused.text('resultMsg'));
      return;
    }
    if (this.parts.faults.strikeOn(exchange, 'submit-answer-lost', { jobId: job.id })) {
      exchange.cut();
      return;
    }
    const body: SubmissionResponse = {
      resultCode: RESULT_CODE_SUCCESS,
      resultMsg: 'Success',
      waitingJobs: this.parts.jobs.waitingCountBefore(job),
      jobId: job.id,
    };
    exchange.json(200, body);
  }
}
