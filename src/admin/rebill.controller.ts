import { Body, Param, Post } from '@nestjs/common';
import { ApiCreatedResponse, ApiOperation } from '@nestjs/swagger';
import { Rebilling } from '../subscription';
import { Actor, Scope } from './access';
import { AdminController } from './admin-controller';
import { ReasonBody } from './billing-runs.dto';
import { JobIdParameter } from './bulk-payment-jobs.dto';
import { BulkPaymentJobView } from './bulk-payment-jobs.view';
import { JobViews } from './job-views';

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
    summary: 'Plan new attempts for the charges of a failed job, in a new job; one in doubt must be closed first',
  })
  @ApiCreatedResponse({ type: BulkPaymentJobView })
  async rebill(
    @Param() { id }: JobIdParameter,
    @Body() { reason }: ReasonBody,
    @Actor() actor: string,
  ): Promise<BulkPaymentJobView> {
    const rebilledAs = await this.rebilling.rebill(id, { actor, reason });
    return this.views.ofId(rebilledAs);
  }
}
