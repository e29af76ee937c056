import { ApiProperty } from '@nestjs/swagger';
import {
  BILLING_RUN_TRANSITIONS,
  type BillingRun,
  type BillingRunHistory,
  type BillingRunState,
} from '../subscription';
import { TallyView } from './tally.view';
import { statesOf } from '../kernel/transitions';

export class BillingRunView {
  @ApiProperty() id!: string;
  @ApiProperty({ format: 'date' }) billingDate!: string;
  @ApiProperty({ enum: statesOf(BILLING_RUN_TRANSITIONS) }) state!: BillingRunState;
  @ApiProperty({ type: [String], description: 'What may be done with it now' }) actions!: string[];
  @ApiProperty({ type: TallyView, description: 'Charges planned' }) planned!: TallyView;
  @ApiProperty() jobCount!: number;
  @ApiProperty() plannedAt!: Date;
  @ApiProperty({ type: String, nullable: true, description: 'In what it is beyond the usual' })
  confirmationReason!: string | null;
  @ApiProperty({ type: Date, nullable: true }) decidedAt!: Date | null;
}

export function billingRunViewOf(run: BillingRun): BillingRunView {
  const { id, billingDate, state, jobCount, plannedAt, confirmationReason, decidedAt } = run;
  const planned = { count: run.chargeCount, amount: run.totalAmount };
  const actions = Object.keys(BILLING_RUN_TRANSITIONS[state]);
  return { id, billingDate, state, actions, planned, jobCount, plannedAt, confirmationReason, decidedAt };
}

export function billingRunHistoryViewOf(entry: BillingRunHistory): object {
  const { fromState, toState, cause, actor, reason, at } = entry;
  return { at, fromState, toState, cause, actor, reason };
}
