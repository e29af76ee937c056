import { Body, Param, Post, Res } from '@nestjs/common';
import { ApiCreatedResponse, ApiOperation } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { ChargeRebilling, Rebilling } from '../../billing-run';
import { CurrentCaller, Scope, type Caller } from '../access';
import { AdminController } from '../frame/admin-controller';
import type { ApprovalView } from '../approval/approvals.view';
import { MayAwaitApproval, awaiting } from '../frame/awaiting-approval';
import { ReasonBody } from '../frame/reason.dto';
import { OrderNoParameter } from '../charge/charges.dto';
import { JobIdParameter } from '../bulk-payment-job/bulk-payment-jobs.dto';
import { BulkPaymentJobView } from '../bulk-payment-job/bulk-payment-jobs.view';
import { JobViews } from '../bulk-payment-job/job-views';

/** Billing the charges of a failed job again: an act of its own, never a consequence. */
@AdminController('bulk-payment-jobs')
export class RebillController {
  constructor(
    private readonly rebilling: Rebilling,
    private readonly views: JobViews,
  ) {}

  @Post(':id/rebill')
  @Scope('jobs:decide')
  @ApiOperation({
    summary:
      'Plan new attempts for the charges of a failed job, in a new job; one in doubt must be closed first. Where its run was rejected, or a charge is far too dear, the new job waits for a second person',
  })
  @ApiCreatedResponse({ type: BulkPaymentJobView })
  async rebill(
    @Param() { id }: JobIdParameter,
    @Body() { reason }: ReasonBody,
    @CurrentCaller() by: Caller,
  ): Promise<BulkPaymentJobView> {
    const rebilledAs = await this.rebilling.rebill(id, { by, reason });
    return this.views.ofId(rebilledAs);
  }
}

/** Billing one unpaid charge again, for the operator whose customer asks for it. */
@AdminController('charges')
export class ChargeRebillController {
  constructor(
    private readonly rebilling: ChargeRebilling,
    private readonly views: JobViews,
  ) {}

  @Post(':orderNo/rebill')
  @Scope('jobs:decide')
  @ApiOperation({
    summary:
      'Bill the period of an unpaid charge again now, in a job of its own, with the customer’s present billing token; each charge once. Where the customer may have paid, or many are billed so in a day, a second person must agree',
  })
  @MayAwaitApproval(BulkPaymentJobView)
  async rebill(
    @Param() { orderNo }: OrderNoParameter,
    @Body() { reason }: ReasonBody,
    @CurrentCaller() by: Caller,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<BulkPaymentJobView | ApprovalView> {
    const answer = await this.rebilling.rebill(orderNo, { by, reason });
    return 'jobId' in answer ? this.views.ofId(answer.jobId) : awaiting(reply, answer.approval);
  }
}
