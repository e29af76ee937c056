import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsBoolean, IsIn, IsOptional } from 'class-validator';
import { statesOf } from '../../kernel/transitions';
import { LINE_STOP_KINDS, LINE_STOP_TRANSITIONS, type LineStopKind, type LineStopState } from '../../line-stop';
import { ReasonBody } from '../frame/reason.dto';
import { IsId, MayBeMissing } from '../frame/body-fields';
import { PageQuery } from '../frame/page';

const STATES = statesOf(LINE_STOP_TRANSITIONS);

export class ResolveLineStopBody extends ReasonBody {
  @ApiPropertyOptional({
    default: false,
    description:
      'Of `customer-charged-twice`, or of `unbillable` whose evidence names customers: the one that is parked is another ' +
      'customer than each of the others, who only look alike or are paid for by one person. Said once, and agreed to by a second person, nothing is ' +
      'raised of it beside them again; without it, the next charge of both is',
  })
  @MayBeMissing()
  @IsBoolean({ message: 'true or false' })
  differentCustomers?: boolean;
}

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
