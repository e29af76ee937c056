import { Module } from '@nestjs/common';
import { OrderModule } from '../order';
import { PaymentMethodModule } from '../payment-method';
import { CheckoutController } from './checkout.controller';
import { CheckoutGuard } from './checkout.guard';
import { CheckoutRegistrationsController } from './registrations.controller';

/** What a customer's browser may call. */
@Module({
  imports: [OrderModule, PaymentMethodModule],
  controllers: [CheckoutController, CheckoutRegistrationsController],
  providers: [CheckoutGuard],
})
export class CheckoutModule {}
