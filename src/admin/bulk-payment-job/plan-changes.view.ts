import { ApiProperty } from '@nestjs/swagger';
import { WITHDRAWAL_REASONS, type WithdrawalReason } from '../../charge';
import { TallyView } from '../frame/tally.view';

class UnwantedView extends TallyView {
  @ApiProperty({ enum: WITHDRAWAL_REASONS }) reason!: WithdrawalReason;
}

class RepricedView {
  @ApiProperty({ type: 'integer' }) count!: number;
  @ApiProperty({ type: 'integer', description: 'Won; what they would be charged now, minus what they are' })
  difference!: number;
}

/** What has changed since charges were planned, of which nothing is sent yet. */
export class PlanChangesView {
  @ApiProperty({ type: [UnwantedView], description: 'Charges that are not wanted any more; they will not be sent' })
  unwanted!: UnwantedView[];
  @ApiProperty({
    type: RepricedView,
    description: 'Charges that would be planned for another amount now; they keep the one of their period',
  })
  repriced!: RepricedView;
}
