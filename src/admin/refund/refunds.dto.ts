import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { IsIn, IsInt, IsObject, IsOptional, Matches, Max, Min, ValidateNested } from 'class-validator';
import { REFUND_TRANSITIONS, type RefundState } from '../../refund';
import { statesOf } from '../../kernel/transitions';
import { MAX_CHARGE_WON, wonInWords, type Won } from '../../kernel/won';
import { ReasonBody } from '../frame/reason.dto';
import { IsId, MayBeMissing } from '../frame/body-fields';
import { PageOfDays } from '../frame/days.dto';
import { ByGatewayToo } from '../frame/gateway.dto';
import { IsGatewayId, IsIdentifier, IsLine, MAX_REFERENCE_LENGTH } from '../frame/text-fields';

const STATES = statesOf(REFUND_TRANSITIONS);
const OUTCOMES = ['refunded', 'not-refunded'] as const;
/** As the gateways take them. */
const MAX_BANK_LENGTH = 20;
const MAX_HOLDER_LENGTH = 60;
const AMOUNT = { message: `whole won, 1 to ${wonInWords(MAX_CHARGE_WON)}` };

export class ReceiveAccountBody {
  @ApiProperty({ description: 'The gateway’s code of the bank, or its Korean name' })
  @IsLine(MAX_BANK_LENGTH)
  bank!: string;

  @ApiProperty({ pattern: '^[0-9]{1,20}$', description: 'Digits only' })
  @Matches(/^\d{1,20}$/, { message: 'up to 20 digits and nothing else' })
  accountNumber!: string;

  @ApiProperty({ maxLength: MAX_HOLDER_LENGTH, description: 'Whose it is' })
  @IsLine(MAX_HOLDER_LENGTH)
  holderName!: string;
}

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

  @ApiPropertyOptional({
    type: ReceiveAccountBody,
    description: 'Where it goes, of what was paid by a deposit; of anything else it must be absent',
  })
  @MayBeMissing()
  @IsObject({ message: 'an account' })
  @ValidateNested({ message: 'an account' })
  @Type(() => ReceiveAccountBody)
  account?: ReceiveAccountBody;
}

export class ResolveRefundBody extends ReasonBody {
  @ApiProperty({ enum: OUTCOMES, description: 'What the gateway did' })
  @IsIn(OUTCOMES, { message: `one of ${OUTCOMES.join(', ')}` })
  outcome!: (typeof OUTCOMES)[number];

  @ApiPropertyOptional({ description: 'The gateway’s id of the refund' })
  @MayBeMissing()
  @IsGatewayId()
  refundTransactionId?: string;
}

export class RefundListQuery extends ByGatewayToo(PageOfDays('Asked for')) {
  @ApiPropertyOptional({ enum: STATES })
  @IsOptional()
  @IsIn(STATES, { message: `one of ${STATES.join(', ')}` })
  state?: RefundState;

  @ApiPropertyOptional()
  @IsOptional()
  @IsId('the id of a charge')
  chargeId?: string;
}
