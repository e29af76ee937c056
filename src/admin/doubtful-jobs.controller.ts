import { Body, HttpCode, Param, Post } from '@nestjs/common';
import { ApiOkResponse, ApiOperation } from '@nestjs/swagger';
import { DoubtfulJobs } from '../bulk-payment';
import { Actor, Scope } from './access';
import { AdminController } from './admin-controller';
import { ReasonBody } from './billing-runs.dto';
import { AttachGatewayJobBody, JobIdParameter } from './bulk-payment-jobs.dto';
import { BulkPaymentJobView } from './bulk-payment-jobs.view';
import { JobViews } from './job-views';

/** Deciding on submissions in doubt, when T store has been asked: docs/operations.md. */
@AdminController('bulk-payment-jobs')
export class DoubtfulJobsController {
  constructor(
    private readonly doubtful: DoubtfulJobs,
    private readonly views: JobViews,
  ) {}

  @Post(':id/close-as-not-accepted')
  @HttpCode(200)
  @Scope('jobs:decide')
  @ApiOperation({ summary: 'Give up a job in doubt, because T store has not got it; only a rebill charges it again' })
  @ApiOkResponse({ type: BulkPaymentJobView })
  async close(
    @Param() { id }: JobIdParameter,
    @Body() { reason }: ReasonBody,
    @Actor() actor: string,
  ): Promise<BulkPaymentJobView> {
    await this.doubtful.closeAsNotAccepted(id, { actor, reason });
    return this.views.ofId(id);
  }

  @Post(':id/attach-gateway-job')
  @HttpCode(200)
  @Scope('jobs:decide')
  @ApiOperation({ summary: 'State as which job T store has a job in doubt, or one that was closed; it goes on' })
  @ApiOkResponse({ type: BulkPaymentJobView })
  async attach(
    @Param() { id }: JobIdParameter,
    @Body() body: AttachGatewayJobBody,
    @Actor() actor: string,
  ): Promise<BulkPaymentJobView> {
    await this.doubtful.attachGatewayJob(id, { ...body, actor });
    return this.views.ofId(id);
  }
}
