import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsOptional, Length, Matches } from 'class-validator';
import { CHARGE_TRANSITIONS, type ChargeState } from '../charge';
import { statesOf } from '../kernel/transitions';
import { IsId } from './body-fields';
import { PageQuery } from './bulk-payment-jobs.dto';

const STATES = statesOf(CHARGE_TRANSITIONS);
const ORDER_NO = /^[\x21-\x7e]{1,64}$/;
const ORDER_NO_MESSAGE = 'an order number: 1 to 64 printable characters without spaces';

export class OrderNoParameter {
  @ApiProperty({ example: 'B20270131-42-1' })
  @Matches(ORDER_NO, { message: ORDER_NO_MESSAGE })
  orderNo!: string;
}

export class ChargeListQuery extends PageQuery {
  @ApiPropertyOptional()
  @IsOptional()
  @Matches(ORDER_NO, { message: ORDER_NO_MESSAGE })
  orderNo?: string;

  @ApiPropertyOptional({ description: 'T store’s id of the payment' })
  @IsOptional()
  @Length(1, 100, { message: 'a transaction id' })
  transactionId?: string;

  @ApiPropertyOptional()
  @IsOptional()
  @IsId('the id of a subscription')
  subscriptionId?: string;

  @ApiPropertyOptional()
  @IsOptional()
  @IsId('the id of a job')
  jobId?: string;

  @ApiPropertyOptional({ enum: STATES })
  @IsOptional()
  @IsIn(STATES, { message: `one of ${STATES.join(', ')}` })
  state?: ChargeState;
}
