import { ApiProperty } from '@nestjs/swagger';
import { TallyView } from './tally.view';
import { FirstColumns } from './lists';

/** How the charges of some days ended. */
export class DayNumbersView {
  @ApiProperty({ type: 'integer' }) jobs!: number;
  @ApiProperty({ type: TallyView }) requested!: TallyView;
  @ApiProperty({ type: TallyView }) paid!: TallyView;
  @ApiProperty({ type: TallyView }) declined!: TallyView;
  @ApiProperty({ type: TallyView }) missing!: TallyView;
  @ApiProperty({ type: TallyView }) quarantined!: TallyView;
  @ApiProperty({ type: TallyView }) failed!: TallyView;
  @ApiProperty({ type: TallyView, description: 'Their result is not reconciled yet' }) awaited!: TallyView;
}

/** A Seoul day's numbers. */
@FirstColumns('day')
export class DayView extends DayNumbersView {
  @ApiProperty({ format: 'date' }) day!: string;
  @ApiProperty({ description: 'Whether requested is the sum of all others' }) balanced!: boolean;
}

class EndedView {
  @ApiProperty({ type: TallyView }) paid!: TallyView;
  @ApiProperty({ type: TallyView }) declined!: TallyView;
}

/** A settled job that says something else than the settlement log. */
export class UnbalancedJobView {
  @ApiProperty() jobId!: string;
  @ApiProperty({ type: EndedView }) stated!: EndedView;
  @ApiProperty({ type: EndedView }) logged!: EndedView;
}
