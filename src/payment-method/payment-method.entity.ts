import { Column, Entity, PrimaryGeneratedColumn } from 'typeorm';
import type { GatewayName } from '../gateway-account';
import { nullable } from '../platform/database';
import { HistoryEntry, Leased } from '../platform/work';
import type { PaymentMethodState } from './payment-method.state';

/** What each gateway calls the thing a recurring charge is collected with. */
export const PAYMENT_METHOD_KINDS = ['billing-token', 'billing-key', 'sid'] as const;
export type PaymentMethodKind = (typeof PAYMENT_METHOD_KINDS)[number];

/**
 * What a customer pays with. T store's tokens live in their vault, and one has a row here when something happened to it;
 * until then it is Active and the subscription's alone says so.
 */
@Entity('payment_method')
export class PaymentMethod extends Leased {
  @PrimaryGeneratedColumn('identity', { type: 'bigint', generatedIdentity: 'ALWAYS' })
  id!: string;

  /** The merchant's own name for the customer. */
  @Column({ type: 'text', name: 'customer_reference' })
  customerReference!: string;

  @Column({ type: 'text' })
  gateway!: GatewayName;

  @Column({ type: 'text', name: 'gateway_account' })
  gatewayAccount!: string;

  @Column({ type: 'text' })
  kind!: PaymentMethodKind;

  /** What may be shown of it, such as card company and last digits; `null` where the gateway tells nothing. */
  @Column(nullable('text', 'label'))
  label!: string | null;

  /** T store's token in the vault; `null` for every other gateway's. */
  @Column(nullable('bytea', 'billing_token_hash'))
  billingTokenHash!: Buffer | null;

  /** Every other gateway's secrets, bound to the row; erased once it has ended and its gateway has deleted it. */
  @Column(nullable('bytea', 'ciphertext'))
  ciphertext!: Buffer | null;

  @Column(nullable('text', 'key_id'))
  keyId!: string | null;

  /** SHA-256 of a secret that is too long to be guessed, by which the gateway's messages name it; `null`: it is too short. */
  @Column(nullable('bytea', 'method_key_hash'))
  methodKeyHash!: Buffer | null;

  @Column({ type: 'text' })
  state!: PaymentMethodState;

  @Column({ type: 'timestamptz', name: 'created_at' })
  createdAt!: Date;

  /** When it was Replaced or Removed. */
  @Column(nullable('timestamptz', 'ended_at'))
  endedAt!: Date | null;

  /** When its gateway had deleted it, and its secrets went. */
  @Column(nullable('timestamptz', 'erased_at'))
  erasedAt!: Date | null;

  /** Changes with every change of the row: PostgreSQL's own count. */
  @Column({ type: 'text', name: 'xmin', insert: false, update: false })
  version!: string;
}

@Entity('payment_method_history')
export class PaymentMethodHistory extends HistoryEntry<PaymentMethodState> {
  @Column({ type: 'bigint', name: 'payment_method_id' })
  paymentMethodId!: string;
}
