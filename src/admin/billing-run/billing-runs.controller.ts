import { Body, Get, HttpCode, Param, Post, Query, Res } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse, ApiOperation } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { BillingRunDecisions, BillingRunPreview, BillingRuns } from '../../billing-run';
import { DirectPayments } from '../../direct-payment';
import { ChangesSincePlanning } from '../../subscription';
import { CurrentCaller, Scope, type Caller } from '../access';
import { RunPreviewView } from './run-preview.view';
import { AdminController } from '../frame/admin-controller';
import { ListOf } from '../lists';
import { AuditView } from '../audit';
import { BillingRunBody, DryRunBody } from './billing-runs.dto';
import { ReasonBody } from '../frame/reason.dto';
import { BillingRunDetailView, BillingRunView, billingRunViewOf } from './billing-runs.view';
import { BillingRunListQuery } from './billing-run-list.dto';
import { JobIdParameter } from '../bulk-payment-job/bulk-payment-jobs.dto';
import { pageOf, type Page } from '../frame/page';
import { stateChangeViewOf } from '../frame/history.view';
import { JobViews } from '../bulk-payment-job/job-views';
import { IfMatch, TakesIfMatch } from '../frame/versions';

/** Billing runs (청구): opening, looking ahead, and deciding on the unusual ones. */
@AdminController('billing-runs')
export class BillingRunsController {
  constructor(
    private readonly runs: BillingRuns,
    private readonly previews: BillingRunPreview,
    private readonly decisions: BillingRunDecisions,
    private readonly views: JobViews,
    private readonly changes: ChangesSincePlanning,
    private readonly payments: DirectPayments,
  ) {}

  @Post()
  @Scope('runs:open')
  @ApiOperation({ summary: 'Open the run of a date, or show the one it has' })
  @ApiCreatedResponse({ type: BillingRunView, description: 'It is open now' })
  @ApiOkResponse({ type: BillingRunView, description: 'The one it had already' })
  async open(
    @Body() { date }: BillingRunBody,
    @CurrentCaller() by: Caller,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<BillingRunView> {
    const { run, opened } = await this.runs.open(date, by);
    reply.status(opened ? 201 : 200);
    return billingRunViewOf(run);
  }

  @Post('dry-run')
  @HttpCode(200)
  @Scope('runs:read')
  @ApiOperation({ summary: 'What the run of a date would bill; writes nothing' })
  @ApiOkResponse({ type: RunPreviewView })
  dryRun(@Body() { date, lines }: DryRunBody): Promise<RunPreviewView> {
    return this.previews.preview(date, lines);
  }

  @Get()
  @Scope('runs:read')
  @ListOf(BillingRunView)
  @ApiOperation({ summary: 'Billing runs, newest first' })
  async list(@Query() { state, cursor, limit }: BillingRunListQuery): Promise<Page<BillingRunView>> {
    const found = await this.runs.list({ state, beforeId: cursor, limit });
    return pageOf(found.map(billingRunViewOf), limit, (run) => run.id);
  }

  @Get(':id')
  @Scope('runs:read')
  @ApiOperation({ summary: 'A billing run, with its jobs and the history of its states' })
  @ApiOkResponse({ type: BillingRunDetailView })
  async get(@Param() { id }: JobIdParameter): Promise<BillingRunDetailView> {
    const run = await this.viewOf({ id });
    const found = await this.runs.jobsOf(id);
    const unsent = found.filter(({ state }) => state === 'Created').map((job) => job.id);
    const changesSincePlanning = unsent.length === 0 ? null : await this.changes.of(unsent);
    const jobs = await this.views.ofAll(found);
    const directPayments = await this.payments.talliesOf(id);
    const history = (await this.runs.historyOf(id)).map(stateChangeViewOf);
    return { ...run, jobs, directPayments, changesSincePlanning, history };
  }

  @Post(':id/confirm')
  @HttpCode(200)
  @Scope('approvals:decide')
  @ApiOperation({
    summary:
      'Let the jobs of a run go that is beyond the usual: approves what waits for it, as another than who opened it',
  })
  @TakesIfMatch()
  @ApiOkResponse({ type: BillingRunView })
  async confirm(
    @Param() { id }: JobIdParameter,
    @Body() { reason }: ReasonBody,
    @CurrentCaller() by: Caller,
    @IfMatch() version: string | undefined,
  ): Promise<BillingRunView> {
    await this.decisions.confirm(id, { by, reason, version });
    return this.viewOf({ id });
  }

  @Post(':id/reject')
  @HttpCode(200)
  @Scope('approvals:decide')
  @ApiOperation({
    summary: 'Stop a run that is beyond the usual; its jobs fail unsent, and can be rebilled one by one',
  })
  @TakesIfMatch()
  @ApiOkResponse({ type: BillingRunView })
  async reject(
    @Param() { id }: JobIdParameter,
    @Body() { reason }: ReasonBody,
    @CurrentCaller() by: Caller,
    @IfMatch() version: string | undefined,
  ): Promise<BillingRunView> {
    await this.decisions.reject(id, { by, reason, version });
    return this.viewOf({ id });
  }

  @AuditView()
  async viewOf({ id }: JobIdParameter): Promise<BillingRunView> {
    return billingRunViewOf(await this.runs.get(id));
  }
}
