import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsOptional } from 'class-validator';
import { statesOf } from '../../kernel/transitions';
import { BILLING_RUN_TRANSITIONS, type BillingRunState } from '../../billing-run';
import { PageQuery } from '../frame/page';

const STATES = statesOf(BILLING_RUN_TRANSITIONS);

export class BillingRunListQuery extends PageQuery {
  @ApiPropertyOptional({ enum: STATES })
  @IsOptional()
  @IsIn(STATES, { message: `one of ${STATES.join(', ')}` })
  state?: BillingRunState;
}
