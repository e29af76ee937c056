import { ApiProperty } from '@nestjs/swagger';
import { TallyView } from '../frame/tally.view';

/** The request file as it was written. */
export class RequestFileView {
  @ApiProperty() writtenAt!: Date;
  @ApiProperty({ type: 'integer' }) bytes!: number;
  @ApiProperty({ type: String, nullable: true, description: 'Hexadecimal' }) sha256!: string | null;
}

class SubmissionHeadersView {
  @ApiProperty({ type: String, nullable: true }) verBulkPay!: string | null;
  @ApiProperty({ type: String, nullable: true }) bid!: string | null;
  @ApiProperty({ type: String, nullable: true }) notiUrl!: string | null;
  @ApiProperty({ type: 'integer', nullable: true }) cntTotalTrans!: number | null;
  @ApiProperty({ type: String, nullable: true }) priority!: string | null;
}

/** What was sent to T store, and what came back. */
export class SubmissionView {
  @ApiProperty() startedAt!: Date;
  @ApiProperty({ type: SubmissionHeadersView }) headers!: SubmissionHeadersView;
  @ApiProperty({ type: Date, nullable: true }) answeredAt!: Date | null;
  @ApiProperty({ type: String, nullable: true }) resultCode!: string | null;
  @ApiProperty({ type: String, nullable: true }) resultMessage!: string | null;
  @ApiProperty({ type: String, nullable: true, description: 'Why nobody knows whether it was accepted' })
  doubt!: string | null;
  @ApiProperty({ type: 'integer', nullable: true, description: 'Jobs T store had before this one' })
  waitingJobs!: number | null;
  @ApiProperty({ type: String, nullable: true, description: 'T store’s id of the job' }) gatewayJobId!: string | null;
  @ApiProperty({ type: Date, nullable: true, description: 'When an operator stated it' })
  gatewayJobAttachedAt!: Date | null;
  @ApiProperty({ type: Date, nullable: true }) completedAt!: Date | null;
  @ApiProperty({ type: Date, nullable: true }) verifiedAt!: Date | null;
}

/**
 * How the charges of a job ended: what its result says, which stays and is together what was asked for, and what became by
 * decision of those it leaves missing or quarantined, which is together these two.
 */
export class TotalsView {
  @ApiProperty({ type: TallyView }) paid!: TallyView;
  @ApiProperty({ type: TallyView }) declined!: TallyView;
  @ApiProperty({ type: TallyView, description: 'Without a line in the result' }) missing!: TallyView;
  @ApiProperty({ type: TallyView, description: 'With a discrepant line' }) quarantined!: TallyView;
  @ApiProperty({ type: TallyView, description: 'Of the missing and quarantined: settled as paid by decision' })
  acceptedPaid!: TallyView;
  @ApiProperty({ type: TallyView, description: 'Of them: settled as declined by decision' })
  acceptedDeclined!: TallyView;
  @ApiProperty({ type: TallyView, description: 'Of them: closed, neither as paid nor as declined' }) closed!: TallyView;
  @ApiProperty({ type: TallyView, description: 'Of them: nobody has decided yet' }) open!: TallyView;
}

/** The result file, how far it is worked through, and what it says. */
export class ResultView {
  @ApiProperty() downloadedAt!: Date;
  @ApiProperty({ type: 'integer' }) bytes!: number;
  @ApiProperty({ type: String, nullable: true, description: 'Hexadecimal' }) sha256!: string | null;
  @ApiProperty({ type: 'integer', nullable: true }) lines!: number | null;
  @ApiProperty({ type: Date, nullable: true, description: 'When a person took it though it was refused' })
  takenAsIsAt!: Date | null;
  @ApiProperty({ type: 'integer' }) linesLoaded!: number;
  @ApiProperty({ type: 'integer' }) linesApplied!: number;
  @ApiProperty({ type: Date, nullable: true }) reconciledAt!: Date | null;
  @ApiProperty({ type: Date, nullable: true }) settledAt!: Date | null;
  @ApiProperty({ type: TotalsView, nullable: true }) totals!: TotalsView | null;
  @ApiProperty({
    type: 'object',
    additionalProperties: { type: 'integer' },
    nullable: true,
    description: 'Lines by what each was found to be',
  })
  findings!: Record<string, number> | null;
}

/** How far the stage is that is at work on a job. */
export class ProgressView {
  @ApiProperty() stage!: string;
  @ApiProperty() startedAt!: Date;
  @ApiProperty({ type: 'integer', description: 'Rows' }) done!: number;
  @ApiProperty({ type: 'integer', description: 'Rows' }) total!: number;
  @ApiProperty({ type: Number, nullable: true }) ratePerSecond!: number | null;
  @ApiProperty({ type: Number, nullable: true }) remainingSeconds!: number | null;
}

/** How many of a job's discrepancies are in which state. */
export class DiscrepancyCountsView {
  @ApiProperty({ type: 'integer' }) open!: number;
  @ApiProperty({ type: 'integer' }) accepted!: number;
  @ApiProperty({ type: 'integer' }) closed!: number;
}
