import { ApiProperty } from '@nestjs/swagger';
import { GATEWAY_NAMES, type GatewayName } from '../../gateway-account';
import { nextState, statesOf } from '../../kernel/transitions';
import {
  METHOD_REGISTRATION_TRANSITIONS,
  PAYMENT_METHOD_KINDS,
  PAYMENT_METHOD_TRANSITIONS,
  type MethodRegistration,
  type MethodRegistrationState,
  type PaymentMethod,
  type PaymentMethodKind,
  type PaymentMethodState,
} from '../../payment-method';
import { StateChangeView } from '../frame/history.view';
import { FirstColumns } from '../lists';

class MethodLinksView {
  @ApiProperty({ description: 'With its history' }) self!: string;
  @ApiProperty({ description: 'Those of its customer' }) subscriptions!: string;
}

@FirstColumns('createdAt', 'customerReference', 'label', 'state')
export class PaymentMethodView {
  @ApiProperty() id!: string;
  @ApiProperty() customerReference!: string;
  @ApiProperty({ enum: statesOf(PAYMENT_METHOD_TRANSITIONS) }) state!: PaymentMethodState;
  @ApiProperty({ type: [String], description: 'What may be done with it now' }) actions!: string[];
  @ApiProperty({ type: MethodLinksView, description: 'Where its evidence is' }) links!: MethodLinksView;
  @ApiProperty({ enum: GATEWAY_NAMES }) gateway!: GatewayName;
  @ApiProperty({ description: 'The gateway account it is charged by' }) gatewayAccount!: string;
  @ApiProperty({ enum: PAYMENT_METHOD_KINDS }) kind!: PaymentMethodKind;
  @ApiProperty({ type: String, nullable: true, description: 'Such as card company and last digits; null: not told' })
  label!: string | null;
  @ApiProperty() createdAt!: Date;
  @ApiProperty({ type: Date, nullable: true, description: 'When another took its place, or it was taken away' })
  endedAt!: Date | null;
  @ApiProperty({ type: Date, nullable: true, description: 'When its gateway had deleted it, and its secrets went' })
  erasedAt!: Date | null;
  @ApiProperty({ type: String, nullable: true, description: 'Why its gateway has not deleted it yet' })
  lastError!: string | null;
  @ApiProperty({ description: 'Changes with it; also its ETag' }) version!: string;
}

export class PaymentMethodDetailView extends PaymentMethodView {
  @ApiProperty({ type: [StateChangeView], description: 'Changes of its state, oldest first' })
  history!: StateChangeView[];
}

class RegistrationLinksView {
  @ApiProperty({ description: 'With its history' }) self!: string;
  @ApiProperty({ type: String, nullable: true, description: 'Where the payment method is; null: there is none' })
  paymentMethod!: string | null;
}

class RegistrationFailureView {
  @ApiProperty({ description: 'The gateway’s code' }) code!: string;
  @ApiProperty({ description: 'In the gateway’s words' }) message!: string;
}

@FirstColumns('createdAt', 'customerReference', 'state')
export class RegistrationView {
  @ApiProperty() id!: string;
  @ApiProperty() customerReference!: string;
  @ApiProperty({ enum: statesOf(METHOD_REGISTRATION_TRANSITIONS) }) state!: MethodRegistrationState;
  @ApiProperty({ type: [String], description: 'What may be done with it now: nothing, its customer goes on' })
  actions!: string[];
  @ApiProperty({ type: RegistrationLinksView, description: 'Where its evidence is' }) links!: RegistrationLinksView;
  @ApiProperty({ enum: GATEWAY_NAMES }) gateway!: GatewayName;
  @ApiProperty({ description: 'The gateway account that will collect by it' }) gatewayAccount!: string;
  @ApiProperty({ type: String, nullable: true, description: 'The payment method whose place it takes' })
  replaces!: string | null;
  @ApiProperty({ type: String, nullable: true, description: 'The payment method that was issued' })
  paymentMethodId!: string | null;
  @ApiProperty({ type: RegistrationFailureView, nullable: true, description: 'Why it came to nothing' })
  failure!: RegistrationFailureView | null;
  @ApiProperty({ type: String, nullable: true, description: 'Why the gateway is asked again' })
  lastError!: string | null;
  @ApiProperty() createdBy!: string;
  @ApiProperty() createdAt!: Date;
  @ApiProperty() expiresAt!: Date;
  @ApiProperty({ type: Date, nullable: true, description: 'When it came to its end' }) endedAt!: Date | null;
}

/** What only the shop's server gets, to hand it to the customer's browser. */
export class NewRegistrationView extends RegistrationView {
  @ApiProperty({ description: 'By which the customer’s browser names it; whoever has it can register a method' })
  checkoutToken!: string;
  @ApiProperty({ description: 'POST says what opens the window: …/checkout/v1/registrations/TOKEN/window' })
  windowUrl!: string;
}

export class RegistrationDetailView extends RegistrationView {
  @ApiProperty({ type: [StateChangeView], description: 'Changes of its state, oldest first' })
  history!: StateChangeView[];
}

export function paymentMethodViewOf(method: PaymentMethod): PaymentMethodView {
  const { id, customerReference, state, gateway, gatewayAccount, kind, label } = method;
  const { createdAt, endedAt, erasedAt, lastError, version } = method;
  // A billing token goes with its subscription, and T store deletes none.
  const isRemovable = kind !== 'billing-token' && nextState(PAYMENT_METHOD_TRANSITIONS, state, 'remove') !== undefined;
  const links = {
    self: `/admin/v1/payment-methods/${id}`,
    subscriptions: `/admin/v1/subscriptions?customerReference=${encodeURIComponent(customerReference)}`,
  };
  return {
    ...{ id, customerReference, state, actions: isRemovable ? ['remove'] : [], links },
    ...{ gateway, gatewayAccount, kind, label, createdAt, endedAt, erasedAt, lastError, version },
  };
}

export function registrationViewOf(registration: MethodRegistration): RegistrationView {
  const { id, customerReference, state, gateway, gatewayAccount, replacesId, paymentMethodId } = registration;
  const { failureCode, failureMessage, lastError, createdBy, createdAt, expiresAt, endedAt } = registration;
  const links = {
    self: `/admin/v1/payment-method-registrations/${id}`,
    paymentMethod: paymentMethodId === null ? null : `/admin/v1/payment-methods/${paymentMethodId}`,
  };
  const failure = failureCode === null ? null : { code: failureCode, message: failureMessage ?? '' };
  return {
    ...{
      id,
      customerReference,
      state,
      actions: [],
      links,
      gateway,
      gatewayAccount,
      replaces: replacesId,
      paymentMethodId,
      failure,
    },
    ...{ lastError, createdBy, createdAt, expiresAt, endedAt },
  };
}
