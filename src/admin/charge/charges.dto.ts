import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { IsBoolean, IsIn, IsOptional } from 'class-validator';
import { CHARGE_TRANSITIONS, type ChargeState } from '../../charge';
import { statesOf } from '../../kernel/transitions';
import { IsId, toBoolean } from '../frame/body-fields';
import { PageOfDays } from '../frame/days.dto';
import { IsGatewayId, IsOrderNo } from '../frame/text-fields';

const STATES = statesOf(CHARGE_TRANSITIONS);

export class OrderNoParameter {
  @ApiProperty({ example: 'B20270131-42-1' })
  @IsOrderNo()
  orderNo!: string;
}

export class ChargeListQuery extends PageOfDays('Made') {
  @ApiPropertyOptional()
  @IsOptional()
  @IsOrderNo()
  orderNo?: string;

  @ApiPropertyOptional({ description: 'The gateway’s id of the payment' })
  @IsOptional()
  @IsGatewayId()
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

  @ApiPropertyOptional({ description: 'true: whose period nobody bills again but a person' })
  @IsOptional()
  @Transform(toBoolean)
  @IsBoolean({ message: 'true or false' })
  unbilled?: boolean;
}
