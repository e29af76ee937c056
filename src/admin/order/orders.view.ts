import { ApiProperty } from '@nestjs/swagger';
import { ORDER_TRANSITIONS, type Order, type OrderDetail, type OrderState } from '../../order';
import { nextState, statesOf } from '../../kernel/transitions';
import { StateChangeView, stateChangeViewOf } from '../frame/history.view';
import { FirstColumns } from '../lists';
import { DepositView, depositViewOf } from './deposit.view';

class OrderLinksView {
  @ApiProperty({ description: 'With its items, attempts and history' }) self!: string;
}

class OrderFailureView {
  @ApiProperty({ description: 'The gateway’s code' }) code!: string;
  @ApiProperty({ description: 'In the gateway’s words' }) message!: string;
}

@FirstColumns('createdAt', 'reference', 'name', 'amount', 'state')
export class OrderView {
  @ApiProperty() id!: string;
  @ApiProperty({ enum: statesOf(ORDER_TRANSITIONS) }) state!: OrderState;
  @ApiProperty({ type: [String], description: 'What may be done with it now' }) actions!: string[];
  @ApiProperty({ type: OrderLinksView, description: 'Where its evidence is' }) links!: OrderLinksView;
  @ApiProperty({ description: 'What the shop calls it' }) reference!: string;
  @ApiProperty() gateway!: string;
  @ApiProperty({ description: 'The gateway account that collects it' }) gatewayAccount!: string;
  @ApiProperty() name!: string;
  @ApiProperty({ type: 'integer', description: 'Won' }) amount!: number;
  @ApiProperty({ type: 'integer', description: 'Won of it that bear no VAT' }) taxFreeAmount!: number;
  @ApiProperty({ type: String, nullable: true }) customerReference!: string | null;
  @ApiProperty({ type: OrderFailureView, nullable: true, description: 'Why the last attempt came to nothing' })
  failure!: OrderFailureView | null;
  @ApiProperty() createdBy!: string;
  @ApiProperty() createdAt!: Date;
  @ApiProperty() expiresAt!: Date;
  @ApiProperty({ type: Date, nullable: true, description: 'When it was paid, or ended otherwise' })
  endedAt!: Date | null;
  @ApiProperty({ description: 'Changes with it; also its ETag' }) version!: string;
}

/** What only the shop's server gets, to hand it to the customer's browser. */
export class NewOrderView extends OrderView {
  @ApiProperty({ description: 'By which the customer’s browser names it; whoever has it can pay the order' })
  checkoutToken!: string;
  @ApiProperty({ description: 'POST opens the payment window: …/checkout/v1/orders/TOKEN/windows' })
  windowsUrl!: string;
}

class OrderItemView {
  @ApiProperty({ type: String, nullable: true }) productId!: string | null;
  @ApiProperty() name!: string;
  @ApiProperty({ type: 'integer', description: 'How many' }) quantity!: number;
  @ApiProperty({ type: 'integer', description: 'Won for one' }) unitAmount!: number;
  @ApiProperty({ type: 'integer', description: 'Won of all of them that bear no VAT' }) taxFreeAmount!: number;
}

class OrderAttemptView {
  @ApiProperty({ description: 'As the gateway knows it; that of the charge once it was confirmed' }) orderNo!: string;
  @ApiProperty({ description: 'When its window was opened' }) openedAt!: Date;
  @ApiProperty({ description: 'Whether what came back was confirmed' }) confirmed!: boolean;
  @ApiProperty({ type: String, nullable: true, description: 'The charge, once it was confirmed' })
  charge!: string | null;
}

export class OrderDetailView extends OrderView {
  @ApiProperty({ type: [OrderItemView], description: 'What is bought' }) items!: OrderItemView[];
  @ApiProperty({ type: [OrderAttemptView], description: 'Windows that were opened, oldest first' })
  attempts!: OrderAttemptView[];
  @ApiProperty({ type: DepositView, nullable: true, description: 'Where it is to be paid, or was, by a deposit' })
  deposit!: DepositView | null;
  @ApiProperty({
    type: String,
    nullable: true,
    description: 'The open line stop that says that the gateway has a payment of it otherwise than it ended here',
  })
  lineStop!: string | null;
  @ApiProperty({ type: [StateChangeView], description: 'Changes of its state, oldest first' })
  history!: StateChangeView[];
}

export function orderViewOf(order: Order): OrderView {
  const { id, state, reference, gateway, gatewayAccount, name, amount, taxFreeAmount, customerReference } = order;
  const { failureCode, failureMessage, createdBy, createdAt, expiresAt, endedAt, version } = order;
  return {
    ...{ id, state, actions: nextState(ORDER_TRANSITIONS, state, 'cancel') === undefined ? [] : ['cancel'] },
    links: { self: `/admin/v1/orders/${id}` },
    ...{ reference, gateway, gatewayAccount, name, amount, taxFreeAmount, customerReference },
    failure: failureCode === null ? null : { code: failureCode, message: failureMessage ?? '' },
    ...{ createdBy, createdAt, expiresAt, endedAt, version },
  };
}

export function orderDetailViewOf({
  order,
  items,
  attempts,
  deposit,
  history,
  lineStopId,
}: OrderDetail): OrderDetailView {
  return {
    ...orderViewOf(order),
    items: items.map(({ productId, name, quantity, unitAmount, taxFreeAmount }) => {
      return { productId, name, quantity, unitAmount, taxFreeAmount };
    }),
    attempts: attempts.map(({ orderNo, openedAt, directPaymentId }) => {
      const confirmed = directPaymentId !== null;
      return { orderNo, openedAt, confirmed, charge: confirmed ? `/admin/v1/charges/${orderNo}` : null };
    }),
    deposit: deposit === undefined ? null : depositViewOf(deposit),
    lineStop: lineStopId === undefined ? null : `/admin/v1/line-stops/${lineStopId}`,
    history: history.map(stateChangeViewOf),
  };
}
