import { Column, Entity, PrimaryGeneratedColumn } from 'typeorm';
import type { Won } from '../kernel/won';
import { nullable, wonColumn } from '../platform/database';
import { HistoryEntry } from '../platform/work';
import type { BillingRunState } from './billing-run.state';

/** One billing date's work: what was due on it; the date is unique. */
@Entity('billing_run')
export class BillingRun {
  @PrimaryGeneratedColumn('identity', { type: 'bigint', generatedIdentity: 'ALWAYS' })
  id!: string;

  @Column({ type: 'date', name: 'billing_date' })
  billingDate!: string;

  @Column({ type: 'integer', name: 'charge_count' })
  chargeCount!: number;

  @Column(wonColumn({ name: 'total_amount' }))
  totalAmount!: Won;

  @Column({ type: 'integer', name: 'job_count' })
  jobCount!: number;

  @Column({ type: 'timestamptz', name: 'planned_at' })
  plannedAt!: Date;

  @Column({ type: 'text', default: 'Planned' })
  state!: BillingRunState;

  /** In what the run is beyond the usual; `null` for one that is not. */
  @Column(nullable('text', 'confirmation_reason'))
  confirmationReason!: string | null;

  /** When it was confirmed or rejected. */
  @Column(nullable('timestamptz', 'decided_at'))
  decidedAt!: Date | null;

  /** Changes with every change of the row: PostgreSQL's own count. */
  @Column({ type: 'text', name: 'xmin', insert: false, update: false })
  version!: string;
}

@Entity('billing_run_history')
export class BillingRunHistory extends HistoryEntry<BillingRunState> {
  @Column({ type: 'bigint', name: 'billing_run_id' })
  billingRunId!: string;
}
