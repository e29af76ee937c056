import { Get, Header, Param, Post, Query, Req, type StreamableFile } from '@nestjs/common';
import { ApiBody, ApiConsumes, ApiCreatedResponse, ApiOkResponse, ApiOperation } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { BulkPaymentJobs, Discrepancies, RequestFileIntakeService } from '../../bulk-payment';
import { AdminConfig, BillingConfig } from '../../config';
import { ChangesSincePlanning } from '../../subscription';
import { CurrentCaller, Scope, type Caller } from '../access';
import { AdminController } from '../frame/admin-controller';
import { ListOf } from '../lists';
import { AuditView } from '../audit';
import { JobIdParameter, JobListQuery, UploadQuery } from './bulk-payment-jobs.dto';
import { type Page, PageQuery, pageOf } from '../frame/page';
import { BulkPaymentJobDetailView, BulkPaymentJobView, waitsForSettlement } from './bulk-payment-jobs.view';
import { ChargeView, chargeViewOf } from '../charge/charges.view';
import { DiscrepancyView, discrepancyViewOf } from '../discrepancy/discrepancies.view';
import { stateChangeViewOf } from '../frame/history.view';
import { JobViews } from './job-views';
import { FileAnswer, download } from '../frame/file-answer';
import { uploadBodyOf } from '../frame/upload-body';

const TEXT = 'text/plain; charset=utf-8';
const CSV = 'text/csv; charset=utf-8';

/** Bulk payment jobs (대량 결제): taking files in, and showing what became of them. */
@AdminController('bulk-payment-jobs')
export class BulkPaymentJobsController {
  constructor(
    private readonly jobs: BulkPaymentJobs,
    private readonly intake: RequestFileIntakeService,
    private readonly discrepancyDesk: Discrepancies,
    private readonly views: JobViews,
    private readonly changes: ChangesSincePlanning,
    private readonly config: AdminConfig,
    private readonly billing: BillingConfig,
  ) {}

  @Post()
  @Scope('jobs:upload')
  @ApiOperation({ summary: 'Upload a .pay request file; it is checked line by line, stored as a job, and billed' })
  @ApiConsumes('text/plain', 'text/csv', 'application/octet-stream')
  @ApiBody({ schema: { type: 'string', format: 'binary' } })
  @ApiCreatedResponse({ type: BulkPaymentJobView })
  async upload(
    @Req() request: FastifyRequest,
    @Query() query: UploadQuery,
    @CurrentCaller() by: Caller,
  ): Promise<BulkPaymentJobView> {
    const content = uploadBodyOf(request, this.config.uploadMaxBytes);
    const job = await this.intake.take({
      content,
      batchReference: query.batchReference ?? '',
      gatewayAccount: query.account,
      by,
    });
    return this.views.of(job);
  }

  @Get()
  @Scope('jobs:read')
  @ListOf(BulkPaymentJobView)
  @ApiOperation({ summary: 'Jobs, newest first' })
  async list(@Query() { cursor, limit, ...filter }: JobListQuery): Promise<Page<BulkPaymentJobView>> {
    const jobs = await this.jobs.list({ ...filter, beforeId: cursor, limit });
    return pageOf(await this.views.ofAll(jobs), limit, (job) => job.id);
  }

  @Get(':id')
  @Scope('jobs:read')
  @ApiOperation({ summary: 'A job, with the history of its states' })
  @ApiOkResponse({ type: BulkPaymentJobDetailView })
  async get(@Param() { id }: JobIdParameter): Promise<BulkPaymentJobDetailView> {
    const job = await this.jobs.get(id);
    const counts = await this.jobs.discrepancyCounts(id);
    const discrepancies = { open: counts.Open, accepted: counts.Accepted, closed: counts.Closed };
    const isHeld = this.billing.holdOnDiscrepancy && waitsForSettlement(job) && counts.Open > 0;
    const view = await this.views.of(job);
    const heldBy = view.heldBy ?? (isHeld ? 'open discrepancies' : null);
    const progress = this.jobs.progress(job) ?? null;
    const history = (await this.jobs.history(id)).map(stateChangeViewOf);
    const isPlanned = job.state === 'Created' && job.billingRunId !== null;
    const changesSincePlanning = isPlanned ? await this.changes.of([id]) : null;
    return { ...view, progress, discrepancies, heldBy, changesSincePlanning, history };
  }

  @Get(':id/charges')
  @Scope('charges:read')
  @ListOf(ChargeView)
  @ApiOperation({ summary: 'The charges of a job, in the order of its request file' })
  async charges(@Param() { id }: JobIdParameter, @Query() query: PageQuery): Promise<Page<ChargeView>> {
    const charges = await this.jobs.charges(id, { afterLine: query.cursor ?? '0', limit: query.limit });
    const { nextCursor } = pageOf(charges, query.limit, (charge) => String(charge.lineNumber));
    return { items: charges.map(chargeViewOf), nextCursor };
  }

  @Get(':id/discrepancies')
  @Scope('discrepancies:read')
  @ListOf(DiscrepancyView)
  @ApiOperation({ summary: 'Differences between what was asked and answered, with the raw lines' })
  async discrepancies(@Param() { id }: JobIdParameter, @Query() query: PageQuery): Promise<Page<object>> {
    await this.jobs.get(id);
    const page = { jobId: id, afterId: query.cursor ?? '0', limit: query.limit };
    const found = await this.discrepancyDesk.list(page);
    return pageOf(found.map(discrepancyViewOf), query.limit, (discrepancy) => discrepancy.id);
  }

  @Get(':id/request-file')
  @Header('Cache-Control', 'no-store')
  @Scope('files:download')
  @ApiOperation({ summary: 'The request file as sent; it holds billing tokens in clear' })
  @FileAnswer('text/plain')
  async requestFile(@Param() { id }: JobIdParameter): Promise<StreamableFile> {
    return download(await this.jobs.requestFile(id), TEXT);
  }

  @Get(':id/result-file')
  @Header('Cache-Control', 'no-store')
  @Scope('files:download')
  @ApiOperation({ summary: 'The result file as it came; it holds billing tokens in clear' })
  @FileAnswer('text/csv')
  async resultFile(@Param() { id }: JobIdParameter): Promise<StreamableFile> {
    return download(await this.jobs.resultFile(id), CSV);
  }

  @AuditView()
  viewOf({ id }: JobIdParameter): Promise<BulkPaymentJobView> {
    return this.views.ofId(id);
  }
}
