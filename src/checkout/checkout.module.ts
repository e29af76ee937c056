import { Module } from '@nestjs/common';
import { OrderModule } from '../order';
import { PaymentMethodModule } from '../payment-method';
import { CheckoutController } from './checkout.controller';
import { CheckoutGuard } from './checkout.guard';
import { LiveController } from './live/live.controller';
import { LiveStreams } from './live/live-streams';
import { CheckoutRegistrationsController } from './registrations.controller';

/** What a customer's browser may call. */
@Module({
  imports: [OrderModule, PaymentMethodModule],
  controllers: [CheckoutController, CheckoutRegistrationsController, LiveController],
  providers: [CheckoutGuard, LiveStreams],
})
export class CheckoutModule {}
