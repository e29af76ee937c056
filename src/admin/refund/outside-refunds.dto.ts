import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsInt, IsOptional, Matches, Max, Min } from 'class-validator';
import { OUTSIDE_REFUND_TRANSITIONS, type OutsideRefundState } from '../../refund';
import { statesOf } from '../../kernel/transitions';
import { MAX_CHARGE_WON, type Won } from '../../kernel/won';
import { ReasonBody } from '../frame/reason.dto';
import { MayBeMissing } from '../frame/body-fields';
import { PageQuery } from '../frame/page';

const STATES = statesOf(OUTSIDE_REFUND_TRANSITIONS);
const AMOUNT = { message: 'whole won above 0' };

export class OutsideRefundBody extends ReasonBody {
  @ApiProperty({ example: 'B20270131-42-1', description: 'Of the charge whose payment was given back' })
  @Matches(/^[\x21-\x7e]{1,64}$/, { message: 'an order number: 1 to 64 printable characters without spaces' })
  orderNo!: string;

  @ApiProperty({ type: 'integer', minimum: 1, description: 'Won that the gateway gave back; its lookups don’t tell' })
  @IsInt(AMOUNT)
  @Min(1, AMOUNT)
  @Max(MAX_CHARGE_WON, AMOUNT)
  amount!: Won;

  @ApiPropertyOptional({ description: 'The gateway’s id of the refund' })
  @MayBeMissing()
  @Matches(/^[!-~]{1,64}$/, { message: '1 to 64 printable characters without spaces' })
  refundTransactionId?: string;
}

export class OutsideRefundListQuery extends PageQuery {
  @ApiPropertyOptional({ enum: STATES })
  @IsOptional()
  @IsIn(STATES, { message: `one of ${STATES.join(', ')}` })
  state?: OutsideRefundState;
}
