import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsInt, IsOptional, Max, Min } from 'class-validator';
import { statesOf } from '../../kernel/transitions';
import {
  METHOD_REGISTRATION_TRANSITIONS,
  PAYMENT_METHOD_TRANSITIONS,
  type MethodRegistrationState,
  type PaymentMethodState,
} from '../../payment-method';
import { MAX_CUSTOMER_REFERENCE_LENGTH } from '../../subscription';
import { IsId, MayBeMissing } from '../frame/body-fields';
import { PageQuery } from '../frame/page';
import { IsAccountId, IsIdentifier, IsWebAddress } from '../frame/text-fields';

const STATES = statesOf(PAYMENT_METHOD_TRANSITIONS);
const REGISTRATION_STATES = statesOf(METHOD_REGISTRATION_TRANSITIONS);
/** Whoever registers later is sent another address. */
const MAX_MINUTES = 2_160;
const DEFAULT_MINUTES = 30;
const MINUTES = { message: `minutes, 1 to ${MAX_MINUTES}` };

export class NewRegistrationBody {
  @ApiProperty({ maxLength: MAX_CUSTOMER_REFERENCE_LENGTH, description: 'Your own name for the customer' })
  @IsIdentifier(MAX_CUSTOMER_REFERENCE_LENGTH)
  customerReference!: string;

  @ApiProperty({ description: 'The gateway account that will collect by it' })
  @IsAccountId()
  gatewayAccount!: string;

  @ApiPropertyOptional({ description: 'The payment method whose place it takes in all that is paid by that' })
  @MayBeMissing()
  @IsId('the id of a payment method')
  replaces?: string;

  @ApiProperty({ description: 'Where the customer comes back to; registration and state are added as a query' })
  @IsWebAddress()
  returnUrl!: string;

  @ApiPropertyOptional({
    type: 'integer',
    minimum: 1,
    maximum: MAX_MINUTES,
    default: DEFAULT_MINUTES,
    description: 'Minutes in which the customer may come back',
  })
  @MayBeMissing()
  @IsInt(MINUTES)
  @Min(1, MINUTES)
  @Max(MAX_MINUTES, MINUTES)
  expiresInMinutes: number = DEFAULT_MINUTES;
}

export class RegistrationListQuery extends PageQuery {
  @ApiPropertyOptional({ enum: REGISTRATION_STATES })
  @IsOptional()
  @IsIn(REGISTRATION_STATES, { message: `one of ${REGISTRATION_STATES.join(', ')}` })
  state?: MethodRegistrationState;

  @ApiPropertyOptional()
  @IsOptional()
  @IsIdentifier(MAX_CUSTOMER_REFERENCE_LENGTH)
  customerReference?: string;
}

export class MethodListQuery extends PageQuery {
  @ApiPropertyOptional({ enum: STATES })
  @IsOptional()
  @IsIn(STATES, { message: `one of ${STATES.join(', ')}` })
  state?: PaymentMethodState;

  @ApiPropertyOptional()
  @IsOptional()
  @IsIdentifier(MAX_CUSTOMER_REFERENCE_LENGTH)
  customerReference?: string;

  @ApiPropertyOptional({ description: 'Charged by this gateway account' })
  @IsOptional()
  @IsAccountId()
  gatewayAccount?: string;
}
