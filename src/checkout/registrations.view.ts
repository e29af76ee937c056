import { ApiProperty } from '@nestjs/swagger';
import type { CheckoutWindow } from '../gateways';
import { statesOf } from '../kernel/transitions';
import {
  METHOD_REGISTRATION_TRANSITIONS,
  type MethodRegistration,
  type MethodRegistrationState,
} from '../payment-method';

class RegistrationFailure {
  @ApiProperty({ description: 'The gateway’s code' }) code!: string;
  @ApiProperty({ description: 'In the gateway’s words' }) message!: string;
}

/** A registration as the customer may see it. */
export class CheckoutRegistrationView {
  @ApiProperty({ enum: statesOf(METHOD_REGISTRATION_TRANSITIONS) }) state!: MethodRegistrationState;
  @ApiProperty({ type: RegistrationFailure, nullable: true, description: 'Why it came to nothing' })
  failure!: RegistrationFailure | null;
  @ApiProperty() expiresAt!: Date;
}

export class OpenedMethodWindowView extends CheckoutRegistrationView {
  @ApiProperty() gateway!: string;
  @ApiProperty({
    type: 'object',
    additionalProperties: true,
    description: 'What the gateway’s script needs to open it, by its own names',
  })
  window!: CheckoutWindow;
}

export function registrationViewOf({
  state,
  failureCode,
  failureMessage,
  expiresAt,
}: MethodRegistration): CheckoutRegistrationView {
  const failure = failureCode === null ? null : { code: failureCode, message: failureMessage ?? '' };
  return { state, failure, expiresAt };
}
