import { Column, Entity, PrimaryGeneratedColumn, VirtualColumn } from 'typeorm';
import type { GatewayName } from '../gateways';
import type { Won } from '../kernel/won';
import { nullable, wonColumn } from '../platform/database';
import { HistoryEntry, Leased } from '../platform/work';
import type { DirectPaymentState } from './direct-payment.state';

/** Who made the charge: a customer in a payment window, or a subscription's payment method. */
export type DirectPaymentOrigin = 'checkout' | 'method';

/** A charge that one call collects, and what became of that call. In Unknown without `nextAttemptAt`, a person must decide. */
@Entity('direct_payment')
export class DirectPayment extends Leased {
  @PrimaryGeneratedColumn('identity', { type: 'bigint', generatedIdentity: 'ALWAYS' })
  id!: string;

  @Column({ type: 'bigint', name: 'charge_id' })
  chargeId!: string;

  /** The charge's, read with it. */
  @VirtualColumn({ type: 'text', query: (row) => `SELECT order_no FROM charge WHERE charge.id = ${row}.charge_id` })
  orderNo!: string;

  /** The charge's, read with it. */
  @VirtualColumn({
    ...wonColumn(),
    query: (row) => `SELECT amount FROM charge WHERE charge.id = ${row}.charge_id`,
  })
  amount!: Won;

  /** The charge's, read with it. */
  @VirtualColumn({
    ...wonColumn(),
    query: (row) => `SELECT tax_free_amount FROM charge WHERE charge.id = ${row}.charge_id`,
  })
  taxFreeAmount!: Won;

  /** The charge's, read with it. */
  @VirtualColumn({
    type: 'text',
    query: (row) => `SELECT product_name FROM charge WHERE charge.id = ${row}.charge_id`,
  })
  productName!: string;

  @Column({ type: 'text' })
  gateway!: GatewayName;

  @Column({ type: 'text', name: 'gateway_account' })
  gatewayAccount!: string;

  @Column({ type: 'text' })
  origin!: DirectPaymentOrigin;

  @Column({ type: 'text' })
  state!: DirectPaymentState;

  /** Under which the call goes, however often: the gateway takes it once. */
  @Column({ type: 'uuid', name: 'idempotency_key' })
  idempotencyKey!: string;

  /**
   * What the gateway is told beside the charge, such as the key of the payment window; sealed, bound to the row's key. Of a payment by a
   * method it is the method's secret as it was sent, and `null` before.
   */
  @Column(nullable('bytea', 'reference_ciphertext'))
  referenceCiphertext!: Buffer | null;

  @Column(nullable('text', 'reference_key_id'))
  referenceKeyId!: string | null;

  /** What it is collected by, where no customer is there. */
  @Column({ type: 'bigint', name: 'payment_method_id', nullable: true })
  paymentMethodId!: string | null;

  /** The billing run that planned it. */
  @Column({ type: 'bigint', name: 'billing_run_id', nullable: true })
  billingRunId!: string | null;

  /** Why it is not sent although it is due, such as a run that nobody has confirmed. */
  @Column(nullable('text', 'hold_reason'))
  holdReason!: string | null;

  @Column({ type: 'timestamptz', name: 'created_at' })
  createdAt!: Date;

  /** Names the sending whose answer may be recorded, also by a replica that froze meanwhile. */
  @Column(nullable('uuid', 'sending_id'))
  sendingId!: string | null;

  /** When it was sent first. */
  @Column(nullable('timestamptz', 'sent_at'))
  sentAt!: Date | null;

  /** Names the account's secrets that it was sent with first: the same call is one with the same. */
  @Column(nullable('text', 'sent_by'))
  sentBy!: string | null;

  @Column(nullable('text', 'doubt'))
  doubt!: string | null;

  @Column(nullable('timestamptz', 'in_doubt_since'))
  inDoubtSince!: Date | null;

  /** The gateway's id of the payment. */
  @Column(nullable('text', 'transaction_id'))
  transactionId!: string | null;

  @Column(nullable('text', 'result_code'))
  resultCode!: string | null;

  @Column(nullable('text', 'result_message'))
  resultMessage!: string | null;

  @Column(nullable('timestamptz', 'ended_at'))
  endedAt!: Date | null;

  /** Changes with every change of the row: PostgreSQL's own count. */
  @Column({ type: 'text', name: 'xmin', insert: false, update: false })
  version!: string;
}

@Entity('direct_payment_history')
export class DirectPaymentHistory extends HistoryEntry<DirectPaymentState> {
  @Column({ type: 'bigint', name: 'direct_payment_id' })
  directPaymentId!: string;
}
