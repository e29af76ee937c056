export { Checkout, type CameBack, type OpenedWindow } from './checkout.service';
export { Order, type OrderAttempt, type OrderHistory, type OrderItem } from './order.entity';
export { OrderExpiry } from './order-expiry';
export { OrderGiveBacks } from './order-give-backs';
export { OrderModule } from './order.module';
export { OrderWatch, type OrderPosition, type OrderStep, type SeenOrder } from './order-watch';
export { ORDER_TRANSITIONS, type OrderState } from './order.state';
export { Orders, type OrderDetail } from './orders.service';
