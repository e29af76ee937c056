import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsOptional, Matches } from 'class-validator';
import { statesOf } from '../kernel/transitions';
import { LINE_STOP_KINDS, LINE_STOP_TRANSITIONS, type LineStopKind, type LineStopState } from '../line-stop';
import { PageQuery } from './bulk-payment-jobs.dto';

const STATES = statesOf(LINE_STOP_TRANSITIONS);
const ID = /^[1-9]\d{0,17}$/;

export class LineStopListQuery extends PageQuery {
  @ApiPropertyOptional({ enum: STATES })
  @IsOptional()
  @IsIn(STATES, { message: `one of ${STATES.join(', ')}` })
  state?: LineStopState;

  @ApiPropertyOptional({ enum: LINE_STOP_KINDS })
  @IsOptional()
  @IsIn(LINE_STOP_KINDS, { message: `one of ${LINE_STOP_KINDS.join(', ')}` })
  kind?: LineStopKind;

  @ApiPropertyOptional({ description: 'Parks this job' })
  @IsOptional()
  @Matches(ID, { message: 'the id of a job: decimal digits' })
  jobId?: string;

  @ApiPropertyOptional({ description: 'Parks this subscription' })
  @IsOptional()
  @Matches(ID, { message: 'the id of a subscription: decimal digits' })
  subscriptionId?: string;
}
