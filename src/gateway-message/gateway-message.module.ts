import { Module } from '@nestjs/common';
import { DirectPaymentModule } from '../direct-payment';
import { GatewayAccountModule } from '../gateway-account';
import { GatewaysModule } from '../gateways';
import { NotificationModule } from '../inbox';
import { OrderModule } from '../order';
import { PaymentMethodModule } from '../payment-method';
import { RefundModule } from '../refund';
import { MessageClaims } from './message-claims';
import { MessageLooks } from './message-looks.service';
import { PaymentNews } from './payment-news';

@Module({
  imports: [
    DirectPaymentModule,
    GatewayAccountModule,
    GatewaysModule,
    NotificationModule,
    OrderModule,
    PaymentMethodModule,
    RefundModule,
  ],
  providers: [MessageClaims, MessageLooks, PaymentNews],
  exports: [MessageLooks],
})
export class GatewayMessageModule {}
