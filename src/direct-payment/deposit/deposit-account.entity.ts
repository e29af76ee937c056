import { Column, Entity, PrimaryColumn } from 'typeorm';
import { nullable } from '../../platform/database';

/**
 * The account that a gateway has issued for one payment. Its number goes back to a pool and is given to others: a payment is never
 * found by it.
 */
@Entity('deposit_account')
export class DepositAccount {
  @PrimaryColumn({ type: 'bigint', name: 'direct_payment_id' })
  directPaymentId!: string;

  /** The gateway's id of the payment that a deposit would make. */
  @Column({ type: 'text', name: 'transaction_id' })
  transactionId!: string;

  @Column({ type: 'text', name: 'bank_code' })
  bankCode!: string;

  /** As people know it. */
  @Column({ type: 'text', name: 'bank_name' })
  bankName!: string;

  @Column({ type: 'text', name: 'account_number' })
  accountNumber!: string;

  @Column({ type: 'text' })
  holder!: string;

  /** Until when a deposit is taken. */
  @Column({ type: 'timestamptz', name: 'due_at' })
  dueAt!: Date;

  /** By which the gateway's messages about the deposit are known, sealed. */
  @Column(nullable('bytea', 'secret_ciphertext'))
  secretCiphertext!: Buffer | null;

  @Column(nullable('text', 'secret_key_id'))
  secretKeyId!: string | null;

  @Column({ type: 'timestamptz', name: 'issued_at' })
  issuedAt!: Date;

  /** Since when the deposit is known, and has not been taken back. */
  @Column(nullable('timestamptz', 'deposited_at'))
  depositedAt!: Date | null;

  /** Since when nobody is to pay into it any more: it is to be closed at the gateway. */
  @Column(nullable('timestamptz', 'unwanted_since'))
  unwantedSince!: Date | null;

  @Column(nullable('text', 'unwanted_because'))
  unwantedBecause!: string | null;
}
