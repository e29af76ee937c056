import { Column, Entity, PrimaryGeneratedColumn } from 'typeorm';

/** A result file that came whole and is no answer to its job, kept for people to look at. */
@Entity('refused_result_file')
export class RefusedResultFile {
  @PrimaryGeneratedColumn('identity', { type: 'bigint', generatedIdentity: 'ALWAYS' })
  id!: string;

  @Column({ type: 'bigint', name: 'bulk_payment_job_id' })
  bulkPaymentJobId!: string;

  @Column({ type: 'text', name: 'file_name' })
  fileName!: string;

  @Column({ type: 'bytea' })
  sha256!: Buffer;

  @Column({ type: 'bigint', name: 'byte_count' })
  byteCount!: string;

  @Column({ type: 'integer', name: 'row_count' })
  rowCount!: number;

  @Column({ type: 'text' })
  reason!: string;

  /** Whether its columns are where they belong, so that a person may have it reconciled as it is. */
  @Column({ type: 'boolean', name: 'may_be_reconciled' })
  mayBeReconciled!: boolean;

  @Column({ type: 'timestamptz', name: 'first_refused_at' })
  firstRefusedAt!: Date;

  @Column({ type: 'timestamptz', name: 'last_refused_at' })
  lastRefusedAt!: Date;

  /** How often the same content came. */
  @Column({ type: 'integer' })
  times!: number;
}
