export { MethodEffects } from './method-effects';
export { MethodErasure } from './method-erasure.service';
export { MethodIssuing } from './method-issuing.service';
export { type MethodRegistration, type MethodRegistrationHistory } from './method-registration.entity';
export { METHOD_REGISTRATION_TRANSITIONS, type MethodRegistrationState } from './method-registration.state';
export { MethodRegistrations } from './method-registrations.service';
export { MethodWindow } from './method-window.service';
export {
  PAYMENT_METHOD_KINDS,
  type PaymentMethod,
  type PaymentMethodHistory,
  type PaymentMethodKind,
} from './payment-method.entity';
export { PaymentMethodModule } from './payment-method.module';
export { PaymentMethodRepository } from './payment-method.repository';
export { PAYMENT_METHOD_TRANSITIONS, type PaymentMethodState } from './payment-method.state';
export { PaymentMethods } from './payment-methods.service';
export { RegistrationExpiry } from './registration-expiry';
