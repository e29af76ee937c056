import { Column, Entity, PrimaryGeneratedColumn } from 'typeorm';
import { nullable } from '../platform/database';
import type { DiscrepancyKind } from './finding';

/** The members of a charge or result line that reconciliation compares; amounts in won. */
export interface ComparedMembers {
  merchantId?: string;
  storeProductId?: string;
  amount?: number;
  carrierAmount?: number;
  creditCardAmount?: number;
  tmembershipAmount?: number;
  resultCode?: string;
  transactionId?: string | null;
  reason?: string;
}

/** A difference between what was asked and what was answered, kept for a person to see. */
@Entity('discrepancy')
export class Discrepancy {
  @PrimaryGeneratedColumn('identity', { type: 'bigint', generatedIdentity: 'ALWAYS' })
  id!: string;

  @Column({ type: 'bigint', name: 'bulk_payment_job_id' })
  bulkPaymentJobId!: string;

  @Column({ type: 'text' })
  kind!: DiscrepancyKind;

  @Column({ type: 'text', default: 'Open' })
  state!: 'Open';

  @Column({ type: 'bigint', name: 'charge_id', nullable: true })
  chargeId!: string | null;

  @Column(nullable('text', 'order_no'))
  orderNo!: string | null;

  /** Line of the result file, the first line being 1; `null` for a missing answer. */
  @Column(nullable('integer', 'line_number'))
  lineNumber!: number | null;

  @Column(nullable('jsonb', 'expected'))
  expected!: ComparedMembers | null;

  @Column(nullable('jsonb', 'found'))
  found!: ComparedMembers | null;

  /** The line as it came, encrypted because it carries the billing token. */
  @Column(nullable('bytea', 'raw_line_ciphertext'))
  rawLineCiphertext!: Buffer | null;

  @Column(nullable('text', 'raw_line_key_id'))
  rawLineKeyId!: string | null;

  @Column({ type: 'timestamptz', name: 'created_at' })
  createdAt!: Date;
}
