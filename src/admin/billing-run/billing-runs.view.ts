import { ApiProperty } from '@nestjs/swagger';
import { statesOf } from '../../kernel/transitions';
import { BILLING_RUN_TRANSITIONS, type BillingRun, type BillingRunState } from '../../billing-run';
import { BulkPaymentJobView } from '../bulk-payment-job/bulk-payment-jobs.view';
import { StateChangeView } from '../frame/history.view';
import { TallyView } from '../frame/tally.view';
import { FirstColumns } from '../lists';

class BillingRunLinksView {
  @ApiProperty({ description: 'With its jobs and its history' }) self!: string;
}

@FirstColumns('billingDate', 'state', 'planned.count', 'planned.amount')
export class BillingRunView {
  @ApiProperty() id!: string;
  @ApiProperty({ format: 'date' }) billingDate!: string;
  @ApiProperty({ enum: statesOf(BILLING_RUN_TRANSITIONS) }) state!: BillingRunState;
  @ApiProperty({ type: [String], description: 'What may be done with it now' }) actions!: string[];
  @ApiProperty({ type: BillingRunLinksView, description: 'Where its evidence is' }) links!: BillingRunLinksView;
  @ApiProperty({ type: TallyView, description: 'Charges planned' }) planned!: TallyView;
  @ApiProperty({ type: 'integer' }) jobCount!: number;
  @ApiProperty() plannedAt!: Date;
  @ApiProperty({ type: String, nullable: true, description: 'In what it is beyond the usual' })
  confirmationReason!: string | null;
  @ApiProperty({ type: Date, nullable: true }) decidedAt!: Date | null;
  @ApiProperty({ description: 'Changes with it; also its ETag' }) version!: string;
}

export class BillingRunDetailView extends BillingRunView {
  @ApiProperty({ type: [BulkPaymentJobView] }) jobs!: BulkPaymentJobView[];
  @ApiProperty({ type: [StateChangeView], description: 'Changes of its state, oldest first' })
  history!: StateChangeView[];
}

export function billingRunViewOf(run: BillingRun): BillingRunView {
  const { id, billingDate, state, jobCount, plannedAt, confirmationReason, decidedAt, version } = run;
  const planned = { count: run.chargeCount, amount: run.totalAmount };
  // Holding is the planning’s own act.
  const actions = Object.keys(BILLING_RUN_TRANSITIONS[state]).filter((event) => event !== 'hold');
  const links = { self: `/admin/v1/billing-runs/${id}` };
  return {
    ...{ id, billingDate, state, actions, links, planned, jobCount, plannedAt, confirmationReason, decidedAt },
    version,
  };
}
