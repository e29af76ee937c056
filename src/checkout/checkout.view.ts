import { ApiProperty } from '@nestjs/swagger';
import { statesOf } from '../kernel/transitions';
import type { DepositAccount } from '../direct-payment';
import { ORDER_TRANSITIONS, type OpenedWindow, type OrderState, type SeenOrder } from '../order';

class CheckoutFailureView {
  @ApiProperty({ description: 'The gateway’s code' }) code!: string;
  @ApiProperty({ description: 'In the gateway’s words' }) message!: string;
}

/** Where a customer pays who has chosen to pay into an account. */
export class CheckoutDepositView {
  @ApiProperty({ description: 'As people know it' }) bankName!: string;
  @ApiProperty({ description: 'Into which exactly the order’s amount is to be paid, at once' }) accountNumber!: string;
  @ApiProperty({ description: 'In whose name it is' }) holder!: string;
  @ApiProperty({ description: 'Until when a deposit is taken' }) dueAt!: Date;
  @ApiProperty({ description: 'Whether a deposit has come, which counts once it has stayed for a while' })
  deposited!: boolean;
}

/** An order as the customer who pays it may see it. */
export class CheckoutOrderView {
  @ApiProperty({ description: 'What the shop calls it' }) reference!: string;
  @ApiProperty() name!: string;
  @ApiProperty({ type: 'integer', description: 'Won' }) amount!: number;
  @ApiProperty({ enum: statesOf(ORDER_TRANSITIONS) }) state!: OrderState;
  @ApiProperty({ type: CheckoutFailureView, nullable: true, description: 'Why the last attempt came to nothing' })
  failure!: CheckoutFailureView | null;
  @ApiProperty() expiresAt!: Date;
  @ApiProperty({ type: CheckoutDepositView, nullable: true, description: 'Where to pay, of one that awaits a deposit' })
  deposit!: CheckoutDepositView | null;
}

export class OpenedWindowView extends CheckoutOrderView {
  @ApiProperty() gateway!: string;
  @ApiProperty({ description: 'Of this window; what comes back must name it' }) orderNo!: string;
  @ApiProperty({
    type: 'object',
    additionalProperties: true,
    description: 'What the gateway’s script needs to open it, or where the customer is to be led; by its own names',
  })
  window!: OpenedWindow['window'];
}

export function checkoutViewOf(order: SeenOrder, account?: DepositAccount): CheckoutOrderView {
  const { reference, name, amount, state, failureCode, failureMessage, expiresAt } = order;
  const failure = failureCode === null ? null : { code: failureCode, message: failureMessage ?? '' };
  return { reference, name, amount, state, failure, expiresAt, deposit: account ? depositOf(account) : null };
}

function depositOf({ bankName, accountNumber, holder, dueAt, depositedAt }: DepositAccount): CheckoutDepositView {
  return { bankName, accountNumber, holder, dueAt, deposited: depositedAt !== null };
}

export function windowViewOf({ order, orderNo, window }: OpenedWindow): OpenedWindowView {
  return { ...checkoutViewOf(order), gateway: order.gateway, orderNo, window };
}
