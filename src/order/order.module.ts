import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { DirectPaymentModule } from '../direct-payment';
import { GatewayAccountModule } from '../gateway-account';
import { GatewaysModule } from '../gateways';
import { ProductModule } from '../product';
import { Checkout } from './checkout.service';
import { RefundModule } from '../refund';
import { OrderChanges } from './order-changes';
import { OrderExpiry } from './order-expiry';
import { OrderGiveBacks } from './order-give-backs';
import { OrderOutcomes } from './order-outcomes';
import { OrderWatch } from './order-watch';
import { Order, OrderAttempt, OrderHistory, OrderItem } from './order.entity';
import { OrderRepository } from './order.repository';
import { PaymentNotOwed } from './payment-not-owed.entity';
import { Orders } from './orders.service';

@Module({
  imports: [
    TypeOrmModule.forFeature([Order, OrderAttempt, OrderHistory, OrderItem, PaymentNotOwed]),
    DirectPaymentModule,
    GatewayAccountModule,
    GatewaysModule,
    ProductModule,
    RefundModule,
  ],
  providers: [Checkout, OrderChanges, OrderExpiry, OrderGiveBacks, OrderOutcomes, OrderRepository, Orders, OrderWatch],
  exports: [Checkout, OrderExpiry, OrderGiveBacks, Orders, OrderWatch],
})
export class OrderModule {}
