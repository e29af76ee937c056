import { Column, Entity, PrimaryColumn, PrimaryGeneratedColumn } from 'typeorm';
import type { GatewayName } from '../gateways';
import type { Won } from '../kernel/won';
import { nullable, wonColumn } from '../platform/database';
import { HistoryEntry } from '../platform/work';
import type { OrderState } from './order.state';

/** One purchase a customer makes in person. Stored before anything of it is shown; what is asked never changes. */
@Entity('customer_order')
export class Order {
  @PrimaryGeneratedColumn('identity', { type: 'bigint', generatedIdentity: 'ALWAYS' })
  id!: string;

  /** What the shop calls it: the same reference twice is the same order. */
  @Column({ type: 'text' })
  reference!: string;

  /** SHA-256 of the token by which the customer's browser names it. */
  @Column({ type: 'bytea', name: 'token_hash' })
  tokenHash!: Buffer;

  /** The token, sealed, for the shop that asks for the same order again. */
  @Column({ type: 'bytea', name: 'token_ciphertext' })
  tokenCiphertext!: Buffer;

  @Column({ type: 'text', name: 'token_key_id' })
  tokenKeyId!: string;

  @Column({ type: 'text' })
  gateway!: GatewayName;

  @Column({ type: 'text', name: 'gateway_account' })
  gatewayAccount!: string;

  @Column({ type: 'text' })
  state!: OrderState;

  /** In the payment window and on receipts. */
  @Column({ type: 'text' })
  name!: string;

  @Column(wonColumn())
  amount!: Won;

  /** Of the amount, what bears no VAT. */
  @Column(wonColumn({ name: 'tax_free_amount' }))
  taxFreeAmount!: Won;

  /** The merchant's own name for the customer; `null`: a guest. */
  @Column(nullable('text', 'customer_reference'))
  customerReference!: string | null;

  /** By which the gateway's window knows the customer; nobody can guess it. */
  @Column({ type: 'uuid', name: 'customer_key' })
  customerKey!: string;

  @Column(nullable('text', 'customer_name'))
  customerName!: string | null;

  @Column(nullable('text', 'customer_email'))
  customerEmail!: string | null;

  /** Where the shop's page takes the customer back. */
  @Column({ type: 'text', name: 'return_url' })
  returnUrl!: string;

  @Column({ type: 'text', name: 'created_by' })
  createdBy!: string;

  @Column({ type: 'timestamptz', name: 'created_at' })
  createdAt!: Date;

  /** From then on no window is opened and nothing confirmed. */
  @Column({ type: 'timestamptz', name: 'expires_at' })
  expiresAt!: Date;

  /** Why the last attempt came to nothing: the gateway's code and words. */
  @Column(nullable('text', 'failure_code'))
  failureCode!: string | null;

  @Column(nullable('text', 'failure_message'))
  failureMessage!: string | null;

  @Column(nullable('timestamptz', 'ended_at'))
  endedAt!: Date | null;

  /** Changes with every change of the row: PostgreSQL's own count. */
  @Column({ type: 'text', name: 'xmin', insert: false, update: false })
  version!: string;
}

@Entity('customer_order_item')
export class OrderItem {
  @PrimaryColumn({ type: 'bigint', name: 'order_id' })
  orderId!: string;

  @PrimaryColumn({ type: 'smallint' })
  line!: number;

  @Column({ type: 'bigint', name: 'product_id', nullable: true })
  productId!: string | null;

  @Column({ type: 'text' })
  name!: string;

  @Column({ type: 'integer' })
  quantity!: number;

  @Column(wonColumn({ name: 'unit_amount' }))
  unitAmount!: Won;

  @Column(wonColumn({ name: 'tax_free_amount' }))
  taxFreeAmount!: Won;
}

/** One try to pay an order: a payment window that was opened under an order number of its own. A charge once it is confirmed. */
@Entity('order_attempt')
export class OrderAttempt {
  /** As the gateway knows it; unique for ever. */
  @PrimaryColumn({ type: 'text', name: 'order_no' })
  orderNo!: string;

  @Column({ type: 'bigint', name: 'order_id' })
  orderId!: string;

  /** From 1. */
  @Column({ type: 'smallint' })
  number!: number;

  @Column({ type: 'timestamptz', name: 'opened_at' })
  openedAt!: Date;

  /** What the gateway calls the payment since its window was opened, where it is asked for that; in no browser. */
  @Column(nullable('text', 'gateway_reference'))
  gatewayReference!: string | null;

  @Column({ type: 'bigint', name: 'direct_payment_id', nullable: true })
  directPaymentId!: string | null;
}

/** The payments that attempts have come to. */
export function paymentsOf(attempts: readonly OrderAttempt[]): string[] {
  return attempts.flatMap(({ directPaymentId }) => directPaymentId ?? []);
}

@Entity('customer_order_history')
export class OrderHistory extends HistoryEntry<OrderState> {
  @Column({ type: 'bigint', name: 'order_id' })
  orderId!: string;
}
