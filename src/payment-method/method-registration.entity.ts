import { Column, Entity, PrimaryGeneratedColumn } from 'typeorm';
import type { GatewayName } from '../gateways';
import { nullable } from '../platform/database';
import { HistoryEntry, Leased } from '../platform/work';
import type { MethodRegistrationState } from './method-registration.state';

/** A customer's way to a payment method, through the gateway's own window. */
@Entity('method_registration')
export class MethodRegistration extends Leased {
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
  state!: MethodRegistrationState;

  /** SHA-256 of the token by which the customer's browser names it. */
  @Column({ type: 'bytea', name: 'token_hash' })
  tokenHash!: Buffer;

  /** {@link RegistrationSecrets}, sealed. */
  @Column({ type: 'bytea', name: 'secrets_ciphertext' })
  secretsCiphertext!: Buffer;

  @Column({ type: 'text', name: 'secrets_key_id' })
  secretsKeyId!: string;

  /** The method whose place the new one takes. */
  @Column({ type: 'bigint', name: 'replaces_id', nullable: true })
  replacesId!: string | null;

  /** Where the shop's page takes the customer back. */
  @Column({ type: 'text', name: 'return_url' })
  returnUrl!: string;

  @Column({ type: 'text', name: 'created_by' })
  createdBy!: string;

  @Column({ type: 'timestamptz', name: 'created_at' })
  createdAt!: Date;

  /** From then on no window is opened, and nothing that comes back is taken. */
  @Column({ type: 'timestamptz', name: 'expires_at' })
  expiresAt!: Date;

  /** Under which the method is asked for, however often: the gateway issues it once. */
  @Column(nullable('uuid', 'idempotency_key'))
  idempotencyKey!: string | null;

  /** Names the account's secrets that it was asked with: the same call is one with the same. */
  @Column(nullable('text', 'sent_by'))
  sentBy!: string | null;

  @Column(nullable('timestamptz', 'returned_at'))
  returnedAt!: Date | null;

  @Column({ type: 'bigint', name: 'payment_method_id', nullable: true })
  paymentMethodId!: string | null;

  /** Why it came to nothing: the gateway's code and words. */
  @Column(nullable('text', 'failure_code'))
  failureCode!: string | null;

  @Column(nullable('text', 'failure_message'))
  failureMessage!: string | null;

  @Column(nullable('timestamptz', 'ended_at'))
  endedAt!: Date | null;
}

/** What nobody else may know of a registration. */
export interface RegistrationSecrets {
  /** By which the customer's browser names it. */
  token: string;
  /** By which the gateway knows the customer, for ever the same for the method that is made; nobody can guess it. */
  customerKey: string;
  /** What the gateway calls each window that was opened, by the name that it has in its own addresses; where it calls them anything. */
  windows?: Readonly<Record<string, string>>;
  /** The window that was returned from, of these. */
  window?: string;
  /** As the window's return brought it; good once, and kept until it is used. */
  authKey?: string;
}

@Entity('method_registration_history')
export class MethodRegistrationHistory extends HistoryEntry<MethodRegistrationState> {
  @Column({ type: 'bigint', name: 'method_registration_id' })
  methodRegistrationId!: string;
}
