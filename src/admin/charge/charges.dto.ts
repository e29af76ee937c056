import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { IsBoolean, IsIn, IsOptional } from 'class-validator';
import { CHARGE_TRANSITIONS, type ChargeState } from '../../charge';
import { statesOf } from '../../kernel/transitions';
import { MAX_CUSTOMER_REFERENCE_LENGTH } from '../../subscription';
import { IsId, toBoolean } from '../frame/body-fields';
import { PageOfDays } from '../frame/days.dto';
import { ByGatewayToo } from '../frame/gateway.dto';
import { IsGatewayId, IsIdentifier, IsOrderNo } from '../frame/text-fields';

const STATES = statesOf(CHARGE_TRANSITIONS);

export class OrderNoParameter {
  @ApiProperty({ example: 'B20270131-42-1' })
  @IsOrderNo()
  orderNo!: string;
}

export class ChargeListQuery extends ByGatewayToo(PageOfDays('Made')) {
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

  @ApiPropertyOptional({ description: 'Your own name for the customer, whether by a subscription or an order' })
  @IsOptional()
  @IsIdentifier(MAX_CUSTOMER_REFERENCE_LENGTH)
  customerReference?: string;

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
