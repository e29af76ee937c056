import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsOptional } from 'class-validator';
import type { SeoulDate } from '../../kernel/seoul-calendar';
import { statesOf } from '../../kernel/transitions';
import { DIFFERENCE_KINDS, DIFFERENCE_TRANSITIONS, TIE_OUT_TRANSITIONS } from '../../tie-out';
import type { DifferenceKind, DifferenceState, TieOutState } from '../../tie-out';
import { IsSeoulDate } from '../frame/body-fields';
import { PageQuery } from '../frame/page';
import { IsAccountId, IsOrderNo } from '../frame/text-fields';

const TIE_OUT_STATES = statesOf(TIE_OUT_TRANSITIONS);
const DIFFERENCE_STATES = statesOf(DIFFERENCE_TRANSITIONS);

/** Of one account, of one day. */
class DayOfAccountQuery extends PageQuery {
  @ApiPropertyOptional({ description: 'Of this gateway account only' })
  @IsOptional()
  @IsAccountId()
  gatewayAccount?: string;

  @ApiPropertyOptional({ type: String, format: 'date', description: 'Of this Seoul day only' })
  @IsOptional()
  @IsSeoulDate()
  day?: SeoulDate;
}

export class TieOutListQuery extends DayOfAccountQuery {
  @ApiPropertyOptional({ enum: TIE_OUT_STATES })
  @IsOptional()
  @IsIn(TIE_OUT_STATES, { message: `one of ${TIE_OUT_STATES.join(', ')}` })
  state?: TieOutState;
}

export class TieOutBody {
  @ApiProperty({ description: 'Whose day', example: 'toss' })
  @IsAccountId()
  gatewayAccount!: string;

  @ApiProperty({ type: String, format: 'date', description: 'A day that is over in Seoul' })
  @IsSeoulDate()
  day!: SeoulDate;
}

export class DifferenceListQuery extends DayOfAccountQuery {
  @ApiPropertyOptional({ enum: DIFFERENCE_STATES })
  @IsOptional()
  @IsIn(DIFFERENCE_STATES, { message: `one of ${DIFFERENCE_STATES.join(', ')}` })
  state?: DifferenceState;

  @ApiPropertyOptional({ enum: DIFFERENCE_KINDS })
  @IsOptional()
  @IsIn(DIFFERENCE_KINDS, { message: `one of ${DIFFERENCE_KINDS.join(', ')}` })
  kind?: DifferenceKind;

  @ApiPropertyOptional()
  @IsOptional()
  @IsOrderNo()
  orderNo?: string;
}
