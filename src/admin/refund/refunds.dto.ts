import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsInt, IsOptional, Max, Min } from 'class-validator';
import { REFUND_TRANSITIONS, type RefundState } from '../../refund';
import { statesOf } from '../../kernel/transitions';
import { MAX_CHARGE_WON, wonInWords, type Won } from '../../kernel/won';
import { ReasonBody } from '../frame/reason.dto';
import { IsId, MayBeMissing } from '../frame/body-fields';
import { PageOfDays } from '../frame/days.dto';
import { IsGatewayId, IsIdentifier, MAX_REFERENCE_LENGTH } from '../frame/text-fields';

const STATES = statesOf(REFUND_TRANSITIONS);
const OUTCOMES = ['refunded', 'not-refunded'] as const;
const AMOUNT = { message: `whole won, 1 to ${wonInWords(MAX_CHARGE_WON)}` };

export class RefundBody extends ReasonBody {
  @ApiPropertyOptional({
    type: 'integer',
    minimum: 1,
    maximum: MAX_CHARGE_WON,
    description: 'Won; all that is left unless stated',
  })
  @MayBeMissing()
  @IsInt(AMOUNT)
  @Min(1, AMOUNT)
  @Max(MAX_CHARGE_WON, AMOUNT)
  amount?: Won;

  @ApiPropertyOptional({
    maxLength: MAX_REFERENCE_LENGTH,
    description: 'What you call it: a charge is refunded once under a reference',
  })
  @MayBeMissing()
  @IsIdentifier(MAX_REFERENCE_LENGTH)
  reference?: string;
}

export class ResolveRefundBody extends ReasonBody {
  @ApiProperty({ enum: OUTCOMES, description: 'What T store did' })
  @IsIn(OUTCOMES, { message: `one of ${OUTCOMES.join(', ')}` })
  outcome!: (typeof OUTCOMES)[number];

  @ApiPropertyOptional({ description: 'T store’s id of the refund' })
  @MayBeMissing()
  @IsGatewayId()
  refundTransactionId?: string;
}

export class RefundListQuery extends PageOfDays('Asked for') {
  @ApiPropertyOptional({ enum: STATES })
  @IsOptional()
  @IsIn(STATES, { message: `one of ${STATES.join(', ')}` })
  state?: RefundState;

  @ApiPropertyOptional()
  @IsOptional()
  @IsId('the id of a charge')
  chargeId?: string;
}
