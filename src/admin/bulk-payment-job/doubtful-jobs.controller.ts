import { Body, Param, Post, Res } from '@nestjs/common';
import { ApiOperation } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { DoubtfulJobs } from '../../bulk-payment';
import { CurrentCaller, Scope, type Caller } from '../access';
import { AdminController } from '../frame/admin-controller';
import type { ApprovalView } from '../approval/approvals.view';
import { MayAwaitApproval, awaiting } from '../frame/awaiting-approval';
import { ReasonBody } from '../frame/reason.dto';
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
  @Scope('jobs:decide')
  @ApiOperation({ summary: 'Give up a job in doubt, because T store has not got it; only a rebill charges it again' })
  @MayAwaitApproval(BulkPaymentJobView)
  async close(
    @Param() { id }: JobIdParameter,
    @Body() { reason }: ReasonBody,
    @CurrentCaller() by: Caller,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<BulkPaymentJobView | ApprovalView> {
    const waiting = await this.doubtful.closeAsNotAccepted(id, { by, reason });
    return waiting === undefined ? this.views.ofId(id) : awaiting(reply, waiting);
  }

  @Post(':id/attach-gateway-job')
  @Scope('jobs:decide')
  @ApiOperation({ summary: 'State as which job T store has a job in doubt, or one that was closed; it goes on' })
  @MayAwaitApproval(BulkPaymentJobView)
  async attach(
    @Param() { id }: JobIdParameter,
    @Body() body: AttachGatewayJobBody,
    @CurrentCaller() by: Caller,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<BulkPaymentJobView | ApprovalView> {
    const waiting = await this.doubtful.attachGatewayJob(id, { ...body, by });
    return waiting === undefined ? this.views.ofId(id) : awaiting(reply, waiting);
  }
}
