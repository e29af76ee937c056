import { Body, HttpCode, Param, Post } from '@nestjs/common';
import { ApiOkResponse, ApiOperation } from '@nestjs/swagger';
import { JobInterventions } from '../../bulk-payment';
import { Actor, Scope } from '../access';
import { AdminController } from '../frame/admin-controller';
import { ReasonBody } from '../frame/reason.dto';
import { JobIdParameter } from './bulk-payment-jobs.dto';
import { BulkPaymentJobView } from './bulk-payment-jobs.view';
import { JobViews } from './job-views';

/** Stepping in with a job that is not in doubt. */
@AdminController('bulk-payment-jobs')
export class JobInterventionsController {
  constructor(
    private readonly interventions: JobInterventions,
    private readonly views: JobViews,
  ) {}

  @Post(':id/cancel')
  @HttpCode(200)
  @Scope('jobs:decide')
  @ApiOperation({ summary: 'Take a job back before anything of it is sent; only a rebill charges it again' })
  @ApiOkResponse({ type: BulkPaymentJobView })
  async cancel(
    @Param() { id }: JobIdParameter,
    @Body() { reason }: ReasonBody,
    @Actor() actor: string,
  ): Promise<BulkPaymentJobView> {
    await this.interventions.cancel(id, { actor, reason });
    return this.views.ofId(id);
  }

  @Post(':id/fetch-result-again')
  @HttpCode(200)
  @Scope('jobs:decide')
  @ApiOperation({
    summary: 'Have the result file downloaded again; only before it is reconciled, while nothing follows from it',
  })
  @ApiOkResponse({ type: BulkPaymentJobView })
  async fetchResultAgain(
    @Param() { id }: JobIdParameter,
    @Body() { reason }: ReasonBody,
    @Actor() actor: string,
  ): Promise<BulkPaymentJobView> {
    await this.interventions.fetchResultAgain(id, { actor, reason });
    return this.views.ofId(id);
  }
}
