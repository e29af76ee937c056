import { ApiProperty } from '@nestjs/swagger';
import type { RunPreview } from '../../billing-run';
import { TallyView } from '../frame/tally.view';

type Differences = NonNullable<RunPreview['differences']>;

class GroupTallyView extends TallyView {
  @ApiProperty() billingGroup!: string;
}

class PreviewLineView {
  @ApiProperty() orderNo!: string;
  @ApiProperty() subscriptionId!: string;
  @ApiProperty() customerReference!: string;
  @ApiProperty({ format: 'date' }) periodStartOn!: string;
  @ApiProperty({ type: 'integer' }) attempt!: number;
  @ApiProperty({ type: 'integer', description: 'Won' }) amount!: number;
}

class ParkedLineView {
  @ApiProperty() orderNo!: string;
  @ApiProperty() subscriptionId!: string;
  @ApiProperty() customerReference!: string;
  @ApiProperty({ description: 'Why it can’t be charged' }) reason!: string;
}

class ParkedView {
  @ApiProperty({ type: 'integer' }) count!: number;
  @ApiProperty({ type: [ParkedLineView] }) first!: ParkedLineView[];
}

class LookAlikeView {
  @ApiProperty() orderNo!: string;
  @ApiProperty() subscriptionId!: string;
  @ApiProperty() customerReference!: string;
  @ApiProperty({ description: 'The other subscription' }) otherSubscriptionId!: string;
  @ApiProperty({ description: 'Whose that is' }) otherCustomerReference!: string;
  @ApiProperty({
    type: String,
    format: 'date',
    nullable: true,
    description: 'First day the other one has not paid; null: it has paid nothing yet',
  })
  otherPaidThroughOn!: string | null;
  @ApiProperty({ description: 'The names tell them apart, and they are paid for by one billing token' })
  byBillingToken!: boolean;
}

class LookAlikesView {
  @ApiProperty({ type: 'integer' }) count!: number;
  @ApiProperty({ type: [LookAlikeView] }) first!: LookAlikeView[];
}

class ComparedRunView extends TallyView {
  @ApiProperty() id!: string;
  @ApiProperty({ format: 'date' }) billingDate!: string;
}

class ChangedTallyView {
  @ApiProperty({ type: 'integer' }) count!: number;
  @ApiProperty({ type: 'integer', description: 'Won now minus won then; may be negative' }) difference!: number;
}

class RunDifferencesView {
  @ApiProperty({ type: ComparedRunView }) comparedWith!: Differences['comparedWith'];
  @ApiProperty({ type: TallyView, description: 'Charged now, not a month before' }) new!: Differences['new'];
  @ApiProperty({ type: TallyView, description: 'Charged a month before, not now' }) gone!: Differences['gone'];
  @ApiProperty({ type: ChangedTallyView, description: 'Charged another amount' }) changed!: Differences['changed'];
}

/** What a billing run would do. */
export class RunPreviewView {
  @ApiProperty({ format: 'date' }) billingDate!: string;
  @ApiProperty({ type: String, nullable: true, description: 'The run the date has already' })
  existingRunId!: string | null;
  @ApiProperty({ type: TallyView }) total!: RunPreview['total'];
  @ApiProperty({ type: TallyView, description: 'Of these, later attempts' }) retries!: RunPreview['retries'];
  @ApiProperty({ type: [GroupTallyView] }) groups!: RunPreview['groups'];
  @ApiProperty({ type: String, nullable: true, description: 'Why a person would have to confirm it' })
  confirmationReason!: string | null;
  @ApiProperty({ type: [PreviewLineView] }) firstCharges!: RunPreview['firstCharges'];
  @ApiProperty({ type: ParkedView, description: 'Due, and parked by a line stop instead of charged' })
  parked!: RunPreview['parked'];
  @ApiProperty({
    type: LookAlikesView,
    description:
      'May be charged twice: another subscription to the product, whose customer reads the same or has the same billing ' +
      'token, is due or paid for, too. Whose days are charged already, or by this run, are `parked` as well',
  })
  lookAlikes!: RunPreview['lookAlikes'];
  @ApiProperty({ type: RunDifferencesView, nullable: true, description: 'null when there is no run to compare with' })
  differences!: Differences | null;
}
