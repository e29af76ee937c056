import { Body, Get, Header, HttpCode, Param, Post, type StreamableFile } from '@nestjs/common';
import { ApiOkResponse, ApiOperation } from '@nestjs/swagger';
import { RefusedResults } from '../../bulk-payment';
import { Actor, Scope } from '../access';
import { AdminController } from '../frame/admin-controller';
import { JobIdParameter, ReconcileAsIsBody, RefusedResultParameters } from './bulk-payment-jobs.dto';
import { BulkPaymentJobView } from './bulk-payment-jobs.view';
import { FileAnswer, download } from '../frame/file-answer';
import { JobViews } from './job-views';
import { ListOf, WHOLE } from '../lists';
import { RefusedResultFileView, refusedResultFileViewOf } from './refused-results.view';

/** Result files that came and are no answer to their job: looking at them, and taking one as it is. */
@AdminController('bulk-payment-jobs')
export class RefusedResultsController {
  constructor(
    private readonly refused: RefusedResults,
    private readonly views: JobViews,
  ) {}

  @Get(':id/refused-result-files')
  @Scope('jobs:read')
  @ListOf(RefusedResultFileView, WHOLE)
  @ApiOperation({ summary: 'Result files that were no answer to the job: the first and the latest, oldest first' })
  async list(@Param() { id }: JobIdParameter): Promise<{ items: RefusedResultFileView[] }> {
    return { items: (await this.refused.list(id)).map(refusedResultFileViewOf) };
  }

  @Get(':id/refused-result-files/:sha256/file')
  @Header('Cache-Control', 'no-store')
  @Scope('files:download')
  @ApiOperation({ summary: 'A refused result file as it came; it holds billing tokens in clear' })
  @FileAnswer('text/csv')
  async file(@Param() { id, sha256 }: RefusedResultParameters): Promise<StreamableFile> {
    return download(await this.refused.file(id, sha256), 'text/csv; charset=utf-8');
  }

  @Post(':id/reconcile-as-is')
  @HttpCode(200)
  @Scope('jobs:decide')
  @ApiOperation({
    summary: 'Take a refused result file as it is: good lines settle, all else of it becomes discrepancies',
  })
  @ApiOkResponse({ type: BulkPaymentJobView })
  async reconcileAsIs(
    @Param() { id }: JobIdParameter,
    @Body() { sha256, reason }: ReconcileAsIsBody,
    @Actor() actor: string,
  ): Promise<BulkPaymentJobView> {
    await this.refused.reconcileAsIs(id, { sha256: sha256.toLowerCase(), actor, reason });
    return this.views.ofId(id);
  }
}
