import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsOptional } from 'class-validator';
import { statesOf } from '../kernel/transitions';
import { LINE_STOP_KINDS, LINE_STOP_TRANSITIONS, type LineStopKind, type LineStopState } from '../line-stop';
import { IsId } from './body-fields';
import { PageQuery } from './bulk-payment-jobs.dto';

const STATES = statesOf(LINE_STOP_TRANSITIONS);

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
  @IsId('the id of a job')
  jobId?: string;

  @ApiPropertyOptional({ description: 'Parks this subscription' })
  @IsOptional()
  @IsId('the id of a subscription')
  subscriptionId?: string;
}
