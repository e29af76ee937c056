import { Column, Entity, PrimaryGeneratedColumn, VirtualColumn } from 'typeorm';
import { nullable } from '../../platform/database';
import type { FoundTransaction, LookupAnswer } from '../../transaction-lookup';
import type { Suggestion } from './discrepancy-suggestion';
import type { DiscrepancyState } from './discrepancy.state';
import type { DiscrepancyKind } from './finding';

/** The members of a charge or result line that reconciliation compares; amounts in won. */
export interface ComparedMembers {
  merchantId?: string;
  storeProductId?: string;
  /** Of a line; the token itself is kept nowhere but in the encrypted raw line. */
  billingTokenMatches?: boolean;
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
  state!: DiscrepancyState;

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

  @Column(nullable('timestamptz', 'decided_at'))
  decidedAt!: Date | null;

  @Column(nullable('text', 'decided_by'))
  decidedBy!: string | null;

  @Column(nullable('text', 'decision_reason'))
  decisionReason!: string | null;

  /** As what the charge was settled. */
  @Column(nullable('text', 'accepted_as'))
  acceptedAs!: 'paid' | 'declined' | null;

  /** The order that the payment which its line names has settled, where that is another one. */
  @VirtualColumn({
    type: 'text',
    query: (discrepancy) =>
      `SELECT charge.order_no FROM settlement JOIN charge ON charge.id = settlement.charge_id
       WHERE settlement.transaction_id = ${discrepancy}.found ->> 'transactionId' AND settlement.gateway = 'tstore'
         AND settlement.kind = 'paid' AND settlement.charge_id IS DISTINCT FROM ${discrepancy}.charge_id
       ORDER BY settlement.position LIMIT 1`,
  })
  settledInstead!: string | null;

  /** Changes with every change of the row: PostgreSQL's own count. */
  @Column({ type: 'text', name: 'xmin', insert: false, update: false })
  version!: string;
}

/** What T store said of a discrepancy's transaction when it was asked. */
@Entity('discrepancy_lookup')
export class DiscrepancyLookup {
  @PrimaryGeneratedColumn('identity', { type: 'bigint', generatedIdentity: 'ALWAYS' })
  id!: string;

  @Column({ type: 'bigint', name: 'discrepancy_id' })
  discrepancyId!: string;

  @Column({ type: 'text', name: 'transaction_id' })
  transactionId!: string;

  @Column({ type: 'text' })
  answer!: LookupAnswer;

  /** The payment as T store has it, amounts in won; `null` where it gave none. */
  @Column(nullable('jsonb', 'found'))
  found!: FoundTransaction | null;

  @Column(nullable('text', 'message'))
  message!: string | null;

  @Column({ type: 'text' })
  suggestion!: Suggestion;

  @Column({ type: 'text' })
  actor!: string;

  @Column({ type: 'timestamptz' })
  at!: Date;
}
