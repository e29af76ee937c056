import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { GatewayAccountModule } from '../gateway-account';
import { GatewaysModule } from '../gateways';
import { MethodErasure } from './method-erasure.service';
import { MethodIssuing } from './method-issuing.service';
import { MethodRegistration, MethodRegistrationHistory } from './method-registration.entity';
import { MethodRegistrationRepository } from './method-registration.repository';
import { MethodRegistrations } from './method-registrations.service';
import { MethodWindow } from './method-window.service';
import { PaymentMethod, PaymentMethodHistory } from './payment-method.entity';
import { PaymentMethodRepository } from './payment-method.repository';
import { PaymentMethods } from './payment-methods.service';
import { RegistrationExpiry } from './registration-expiry';

const SERVICES = [
  MethodErasure,
  MethodIssuing,
  MethodRegistrations,
  MethodWindow,
  PaymentMethods,
  PaymentMethodRepository,
  RegistrationExpiry,
];

@Module({
  imports: [
    TypeOrmModule.forFeature([PaymentMethod, PaymentMethodHistory, MethodRegistration, MethodRegistrationHistory]),
    GatewayAccountModule,
    GatewaysModule,
  ],
  providers: [...SERVICES, MethodRegistrationRepository],
  exports: SERVICES,
})
export class PaymentMethodModule {}
