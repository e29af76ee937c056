import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsOptional } from 'class-validator';
import { DIRECT_PAYMENT_TRANSITIONS, type DirectPaymentState } from '../../direct-payment';
import { statesOf } from '../../kernel/transitions';
import { IsId, MayBeMissing } from '../frame/body-fields';
import { PageQuery } from '../frame/page';
import { ReasonBody } from '../frame/reason.dto';
import { IsGatewayId, IsOrderNo } from '../frame/text-fields';

const STATES = statesOf(DIRECT_PAYMENT_TRANSITIONS);
const OUTCOMES = ['paid', 'not-paid'] as const;

export class ResolvePaymentBody extends ReasonBody {
  @ApiProperty({ enum: OUTCOMES, description: 'What the gateway did' })
  @IsIn(OUTCOMES, { message: `one of ${OUTCOMES.join(', ')}` })
  outcome!: (typeof OUTCOMES)[number];

  @ApiPropertyOptional({ description: 'The gateway’s id of the payment; of one that is paid' })
  @MayBeMissing()
  @IsGatewayId()
  transactionId?: string;
}

export class DirectPaymentListQuery extends PageQuery {
  @ApiPropertyOptional({ enum: STATES })
  @IsOptional()
  @IsIn(STATES, { message: `one of ${STATES.join(', ')}` })
  state?: DirectPaymentState;

  @ApiPropertyOptional({ description: 'Of this billing run' })
  @IsOptional()
  @IsId('the id of a billing run')
  billingRunId?: string;

  @ApiPropertyOptional({ description: 'Of the charge' })
  @IsOptional()
  @IsOrderNo()
  orderNo?: string;
}
