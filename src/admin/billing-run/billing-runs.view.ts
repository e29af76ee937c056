import { ApiProperty } from '@nestjs/swagger';
import { statesOf } from '../../kernel/transitions';
import { BILLING_RUN_TRANSITIONS, type BillingRun, type BillingRunState } from '../../billing-run';
import { DIRECT_PAYMENT_TRANSITIONS, type DirectPaymentState } from '../../direct-payment';
import { BulkPaymentJobView } from '../bulk-payment-job/bulk-payment-jobs.view';
import { PlanChangesView } from '../bulk-payment-job/plan-changes.view';
import { StateChangeView } from '../frame/history.view';
import { TallyView } from '../frame/tally.view';
import { FirstColumns } from '../lists';

class BillingRunLinksView {
  @ApiProperty({ description: 'With its jobs and its history' }) self!: string;
  @ApiProperty({ description: 'What it charges to payment methods' }) directPayments!: string;
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

class RunPaymentsView extends TallyView {
  @ApiProperty({ enum: statesOf(DIRECT_PAYMENT_TRANSITIONS) }) state!: DirectPaymentState;
}

export class BillingRunDetailView extends BillingRunView {
  @ApiProperty({ type: [BulkPaymentJobView] }) jobs!: BulkPaymentJobView[];
  @ApiProperty({ type: [RunPaymentsView], description: 'What became of what it charges to payment methods, by state' })
  directPayments!: RunPaymentsView[];
  @ApiProperty({
    type: PlanChangesView,
    nullable: true,
    description: 'Of its jobs that are not sent; null when there is none',
  })
  changesSincePlanning!: PlanChangesView | null;
  @ApiProperty({ type: [StateChangeView], description: 'Changes of its state, oldest first' })
  history!: StateChangeView[];
}

export function billingRunViewOf(run: BillingRun): BillingRunView {
  const { id, billingDate, state, jobCount, plannedAt, confirmationReason, decidedAt, version } = run;
  const planned = { count: run.chargeCount, amount: run.totalAmount };
  // Holding is the planning’s own act.
  const actions = Object.keys(BILLING_RUN_TRANSITIONS[state]).filter((event) => event !== 'hold');
  const links = {
    self: `/admin/v1/billing-runs/${id}`,
    directPayments: `/admin/v1/direct-payments?billingRunId=${id}`,
  };
  return {
    ...{ id, billingDate, state, actions, links, planned, jobCount, plannedAt, confirmationReason, decidedAt },
    version,
  };
}
