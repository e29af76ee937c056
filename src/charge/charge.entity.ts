import { Column, Entity, PrimaryGeneratedColumn } from 'typeorm';
import type { GatewayName } from '../gateways';
import type { Won } from '../kernel/won';
import { nullable, wonColumn } from '../platform/database';

/** One attempt to collect one amount. Written once, never changed; `orderNo` is unique for ever. */
@Entity('charge')
export class Charge {
  @PrimaryGeneratedColumn('identity', { type: 'bigint', generatedIdentity: 'ALWAYS' })
  id!: string;

  @Column({ type: 'text', name: 'order_no' })
  orderNo!: string;

  /** Who collects it. What a file says of a charge, from its job to its parts, is there for T store's, and `null` for all others. */
  @Column({ type: 'text', default: 'tstore' })
  gateway!: GatewayName;

  /** By which of the merchant's accounts. */
  @Column({ type: 'text', name: 'gateway_account', default: 'tstore' })
  gatewayAccount!: string;

  @Column({ type: 'bigint', name: 'bulk_payment_job_id', nullable: true })
  bulkPaymentJobId!: string | null;

  /** Line of the request file, the header being line 1. */
  @Column(nullable('integer', 'line_number'))
  lineNumber!: number | null;

  @Column({ type: 'bigint', name: 'subscription_id', nullable: true })
  subscriptionId!: string | null;

  /** Seoul date the paid-for period begins on; with the subscription and attempt, unique. */
  @Column({ type: 'date', name: 'period_start_on', nullable: true })
  periodStartOn!: string | null;

  @Column({ type: 'smallint', nullable: true })
  attempt!: number | null;

  @Column({ type: 'text', name: 'store_product_id' })
  storeProductId!: string;

  @Column({ type: 'text', name: 'product_name' })
  productName!: string;

  @Column(wonColumn())
  amount!: Won;

  /** Of the amount, what bears no VAT. */
  @Column(wonColumn({ name: 'tax_free_amount', default: 0 }))
  taxFreeAmount!: Won;

  @Column(wonColumn({ name: 'carrier_amount', nullable: true }))
  carrierAmount!: Won | null;

  @Column(wonColumn({ name: 'credit_card_amount', nullable: true }))
  creditCardAmount!: Won | null;

  @Column(wonColumn({ name: 'tmembership_amount', nullable: true }))
  tmembershipAmount!: Won | null;

  /** SHA-256 of T store's billing token; the token itself is in the vault. */
  @Column(nullable('bytea', 'billing_token_hash'))
  billingTokenHash!: Buffer | null;

  @Column({ type: 'timestamptz', name: 'created_at' })
  createdAt!: Date;
}

/** What an entry of the settlement log tells: of a charge once how it ended; of refunds the last one, which leaves nothing, and those before it. */
export const SETTLEMENT_KINDS = [
  'paid',
  'declined',
  'closed',
  'refunded',
  'partially-refunded',
  'refund-reversed',
] as const;
export type SettlementKind = (typeof SETTLEMENT_KINDS)[number];

/** An entry of the append-only settlement log: what the gateway's answer did to a charge. */
@Entity('settlement')
export class Settlement {
  /** Positions grow in commit order, so a reader that remembers one misses nothing. */
  @Column({ type: 'bigint', primary: true })
  position!: string;

  @Column({ type: 'bigint', name: 'charge_id' })
  chargeId!: string;

  /** Whose period it settles; `null`, with the period, for a charge of an uploaded file. */
  @Column({ type: 'bigint', name: 'subscription_id', nullable: true })
  subscriptionId!: string | null;

  /** Seoul date the settled period begins on. */
  @Column({ type: 'date', name: 'period_start_on', nullable: true })
  periodStartOn!: string | null;

  @Column({ type: 'text' })
  kind!: SettlementKind;

  @Column(wonColumn())
  amount!: Won;

  /** The charge's. A transaction is one of its gateway's. */
  @Column({ type: 'text', default: 'tstore' })
  gateway!: GatewayName;

  @Column(nullable('text', 'transaction_id'))
  transactionId!: string | null;

  @Column({ type: 'text', name: 'result_code' })
  resultCode!: string;

  @Column({ type: 'text', name: 'result_message' })
  resultMessage!: string;

  @Column({ type: 'bigint', name: 'bulk_payment_job_id', nullable: true })
  bulkPaymentJobId!: string | null;

  /** The line it follows from; `null` where it was settled by decision, or is in no file. */
  @Column(nullable('integer', 'result_line_number'))
  resultLineNumber!: number | null;

  /** The discrepancy it follows from, by a person's decision. */
  @Column({ type: 'bigint', name: 'discrepancy_id', nullable: true })
  discrepancyId!: string | null;

  @Column({ type: 'bigint', name: 'refund_id', nullable: true })
  refundId!: string | null;

  @Column({ type: 'timestamptz', name: 'settled_at' })
  settledAt!: Date;
}
