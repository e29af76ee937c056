import { Injectable } from '@nestjs/common';
import { createHash } from 'node:crypto';
import {
  TstoreClient,
  type GatewayAnswer,
  type SubmissionReceipt,
  AccessTokens,
  type AccessToken,
} from '../../gateways/tstore';
import { GatewayAccounts, type AccountPlaces } from '../../gateway-account';
import { DomainError } from '../../kernel/errors';
import type { OnClaimed, StepReport } from '../../kernel/step-report';
import { crashPoint } from '../../platform/crash-points';
import { Logger } from '../../platform/logging';
import { FileStore } from '../../platform/storage';
import type { BulkPaymentJob } from '../job/bulk-payment-job.entity';
import type { JobClaim } from '../job/bulk-payment-job.repository';
import { JobStageRunner } from '../job/job-stage.runner';
import { SubmissionHeaders, type JobHeaders } from './submission-headers';
import { SubmissionRepository } from './submission.repository';

const LF = 0x0a;

/**
 * Sends a job's request file to the gateway, once.
 *
 * The API has no idempotency key. So the intent is committed before the first byte leaves, and whatever happens after
 * it, the file is never sent again by itself: an answer that stays away leaves the job in doubt.
 */
@Injectable()
export class SubmissionService {
  private readonly places: AccountPlaces;

  constructor(
    private readonly stages: JobStageRunner,
    private readonly submissions: SubmissionRepository,
    private readonly headers: SubmissionHeaders,
    private readonly files: FileStore,
    private readonly tokens: AccessTokens,
    private readonly client: TstoreClient,
    accounts: GatewayAccounts,
  ) {
    this.places = accounts.places('enabled');
  }

  runOnce(claimed?: OnClaimed): Promise<StepReport> {
    return this.stages.runPlaced('submit', (claim, log) => this.submit(claim, log), this.places, claimed);
  }

  private async submit(claim: JobClaim, log: Logger): Promise<void> {
    const { job } = claim;
    await this.checkFile(job);
    // A token first: failing to get one must not put a job in doubt that was never sent.
    const token = await this.tokens.of(job.gatewayAccount).get();
    const headers = await this.headers.make(job);
    await crashPoint('submit.token-ready');
    const withdrawn = await this.submissions.begin(claim, headers);
    if (withdrawn !== undefined) {
      log.warn('charges that are not wanted any more are withdrawn, and not sent', { withdrawn });
      return this.files.remove(requestFileOf(job));
    }
    await crashPoint('submit.intent-committed');
    await this.submissions.stillMine(claim);
    log.info('submitting', { lines: job.lineCount, totalAmount: job.totalAmount });
    const answer = await this.send(job, headers, token);
    await crashPoint('submit.answered');
    await this.record(claim, answer, token, log);
  }

  /**
   * The last look before sending: the file is there, unaltered, and has as many rows as will be stated. A fault that
   * showed only in the middle of the upload would leave the job in doubt.
   */
  private async checkFile(job: BulkPaymentJob): Promise<void> {
    const hash = createHash('sha256');
    let lineEnds = 0;
    for await (const chunk of this.files.openRead(requestFileOf(job)) as AsyncIterable<Buffer>) {
      hash.update(chunk);
      for (let at = chunk.indexOf(LF); at >= 0; at = chunk.indexOf(LF, at + 1)) lineEnds += 1;
    }
    // The header ends with one, and the last row without.
    const isSame = job.requestFileSha256 !== null && hash.digest().equals(job.requestFileSha256);
    if (isSame && lineEnds === job.lineCount) return;
    throw new DomainError('internal-error', `job ${job.id}: its request file is not the one that was written`);
  }

  private async send(
    job: BulkPaymentJob,
    { headers }: JobHeaders,
    token: AccessToken,
  ): Promise<GatewayAnswer<SubmissionReceipt>> {
    const content = this.files.openRead(requestFileOf(job));
    return this.client.submit({ headers, content, byteCount: Number(job.requestFileBytes) }, token.value);
  }

  private async record(
    claim: JobClaim,
    answer: GatewayAnswer<SubmissionReceipt>,
    token: AccessToken,
    log: Logger,
  ): Promise<void> {
    switch (answer.kind) {
      case 'success':
        await this.submissions.accept(claim, answer.value);
        log.info('submitted', { gatewayJobId: answer.value.gatewayJobId });
        return;
      case 'refused':
        if (answer.unauthorized) {
          await this.tokens.of(claim.job.gatewayAccount).invalidate(token.generation);
          return this.withdraw(claim, 'the access token was refused', log);
        }
        await this.submissions.refuse(claim, answer);
        log.error('submission refused', { httpStatus: answer.httpStatus, resultCode: answer.resultCode });
        return;
      case 'unknown':
        if (!answer.mayHaveArrived) return this.withdraw(claim, answer.message, log);
        await this.submissions.leaveInDoubt(claim, answer.message);
        log.error('submission in doubt: it will not be sent again by itself', { reason: answer.message });
    }
  }

  /**
   * Sending again later can't be sending twice: the connection never came to be, or the answer was 401, which by its
   * definition says that the request was not applied (RFC 9110, 15.5.2).
   */
  private async withdraw(claim: JobClaim, reason: string, log: Logger): Promise<void> {
    this.stages.tellWhenTooOften(claim.job.attempts + 1, reason, log);
    await this.submissions.withdraw(claim, reason, this.stages.nextAttemptAt(claim));
    log.warn('the gateway has not taken the job; it will be submitted later', { reason });
  }
}

function requestFileOf(job: BulkPaymentJob): string {
  if (job.requestFileName === null) throw new DomainError('internal-error', `job ${job.id} has no request file`);
  return job.requestFileName;
}
