import { Injectable } from '@nestjs/common';
import { pipeline, type Readable } from 'node:stream';
import { TstoreClient, countDataRows, maxResultFileBytes, AccessTokens } from '../../gateways/tstore';
import { GatewayAccounts, type AccountPlaces } from '../../gateway-account';
import { DomainError } from '../../kernel/errors';
import type { OnClaimed, StepReport } from '../../kernel/step-report';
import { Clock } from '../../platform/clock';
import { crashPoint } from '../../platform/crash-points';
import { Logger } from '../../platform/logging';
import { FileStore } from '../../platform/storage';
import type { BulkPaymentJob } from '../job/bulk-payment-job.entity';
import { BulkPaymentJobRepository, type JobClaim } from '../job/bulk-payment-job.repository';
import { JobStageRunner } from '../job/job-stage.runner';
import type { StageProgress } from '../job/stage-progress';
import { ResultFileRefusedError, resultFileUnusable } from './stored-result';

/** Fetches the result file of a verified job to disk; it is taken only when it answers as many rows as were asked. */
@Injectable()
export class ResultDownloadService {
  private readonly places: AccountPlaces;

  constructor(
    private readonly stages: JobStageRunner,
    private readonly jobs: BulkPaymentJobRepository,
    private readonly files: FileStore,
    private readonly tokens: AccessTokens,
    private readonly client: TstoreClient,
    private readonly clock: Clock,
    accounts: GatewayAccounts,
  ) {
    this.places = accounts.places('set-up');
  }

  runOnce(claimed?: OnClaimed): Promise<StepReport> {
    const work = this.download.bind(this);
    return this.stages.runPlaced('download-result', work, this.places, claimed);
  }

  private async download(claim: JobClaim, log: Logger, progress: StageProgress): Promise<void> {
    const { job } = claim;
    const stream = await this.open(job);
    await crashPoint('download-result.answered');
    const name = `result-files/job-${job.id}-${claim.leaseId}.csv`;
    const counter = countDataRows();
    const limit = maxResultFileBytes(job.lineCount);
    const watched = async function* (chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
      let byteCount = 0;
      for await (const chunk of chunks) {
        byteCount += chunk.length;
        if (byteCount > limit) throw resultFileUnusable(job, `more than ${limit} bytes for ${job.lineCount} rows`);
        yield chunk;
        await progress.report(counter.rowCount);
      }
    };
    // A download that breaks off fails the counter too, and with it the writing; nothing is left behind.
    pipeline(stream, watched, counter, () => undefined);
    const stored = await this.files.write(name, counter);
    await crashPoint('download-result.file-stored');
    if (counter.rowCount !== job.lineCount) {
      const why = `${counter.rowCount} rows, ${job.lineCount} asked`;
      throw new ResultFileRefusedError(job, why, { name, ...stored, rowCount: counter.rowCount }, true);
    }
    await this.jobs.finish(claim, {
      resultFileName: name,
      resultFileSha256: stored.sha256,
      resultFileBytes: String(stored.byteCount),
      resultLineCount: counter.rowCount,
      resultDownloadedAt: this.clock.now(),
    });
    log.info('result downloaded', { lines: counter.rowCount, bytes: stored.byteCount });
  }

  private async open(job: BulkPaymentJob): Promise<Readable> {
    const { gatewayJobId } = job;
    if (gatewayJobId === null) throw new DomainError('internal-error', `job ${job.id} has no gateway job id`);
    const answer = await this.tokens
      .of(job.gatewayAccount)
      .withToken((token) => this.client.downloadResult(gatewayJobId, token, { rows: job.lineCount }), {
        repeatable: true,
      });
    switch (answer.kind) {
      case 'success':
        return answer.value.content;
      case 'refused':
        throw resultFileUnusable(job, `the gateway refused it: ${answer.resultMessage}`);
      case 'unknown':
        throw resultFileUnusable(job, answer.message);
    }
  }
}
