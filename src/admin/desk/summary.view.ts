import { ApiProperty } from '@nestjs/swagger';
import { DayNumbersView } from './reports.view';
import { TallyView } from '../frame/tally.view';

/** What a stretch of Seoul days brought. */
export class SummaryOfDaysView extends DayNumbersView {
  @ApiProperty({ format: 'date' }) from!: string;
  @ApiProperty({ format: 'date', description: 'Included' }) to!: string;
  @ApiProperty({ type: TallyView }) refunded!: TallyView;
  @ApiProperty({ type: TallyView, description: 'Refunds that were said to be none' }) reversed!: TallyView;
}

/** Something that waits for a person, or failed and is tried again. */
export class StuckView {
  @ApiProperty({
    example: 'submissions-in-doubt',
    description: 'As the metric’s label and the notice of /health/ready',
  })
  kind!: string;
  @ApiProperty({ example: 'jobs in doubt' }) what!: string;
  @ApiProperty({ type: 'integer' }) count!: number;
  @ApiProperty() since!: Date;
  @ApiProperty({ type: String, nullable: true, description: 'What the oldest is, where there is more to say' })
  detail!: string | null;
  @ApiProperty({ description: 'What to do next' }) act!: string;
  @ApiProperty({ description: 'Where to look' }) link!: string;
}

export class SummaryView {
  @ApiProperty() at!: Date;
  @ApiProperty({ type: SummaryOfDaysView }) today!: SummaryOfDaysView;
  @ApiProperty({ type: SummaryOfDaysView, description: 'Its first day up to today' }) month!: SummaryOfDaysView;
  @ApiProperty() killSwitchEngaged!: boolean;
  @ApiProperty({ type: [StuckView], description: 'Empty on a good day' }) stuck!: StuckView[];
}
