import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsOptional } from 'class-validator';
import { APPROVAL_KINDS, APPROVAL_TRANSITIONS, type ApprovalKind, type ApprovalState } from '../../approval';
import { statesOf } from '../../kernel/transitions';
import { IsId } from '../frame/body-fields';
import { PageQuery } from '../frame/page';

const STATES = statesOf(APPROVAL_TRANSITIONS);

export class ApprovalListQuery extends PageQuery {
  @ApiPropertyOptional({ enum: STATES })
  @IsOptional()
  @IsIn(STATES, { message: `one of ${STATES.join(', ')}` })
  state?: ApprovalState;

  @ApiPropertyOptional({ enum: APPROVAL_KINDS })
  @IsOptional()
  @IsIn(APPROVAL_KINDS, { message: `one of ${APPROVAL_KINDS.join(', ')}` })
  kind?: ApprovalKind;

  @ApiPropertyOptional({ description: 'The refund, billing run, job or discrepancy it is about' })
  @IsOptional()
  @IsId('the id of what it is about')
  subjectId?: string;
}
