import { Column, Entity, PrimaryGeneratedColumn } from 'typeorm';
import { nullable } from '../platform/database';
import type { LineStopKind, LineStopState } from './line-stop.state';

/** Something wrong with money that the service found by itself, and the one job or subscription it parks. */
@Entity('line_stop')
export class LineStop {
  @PrimaryGeneratedColumn('identity', { type: 'bigint', generatedIdentity: 'ALWAYS' })
  id!: string;

  @Column({ type: 'text' })
  kind!: LineStopKind;

  @Column({ type: 'text' })
  state!: LineStopState;

  /** What it parks is this or a subscription; where a charge has neither, it parks only the refunds of the charge. */
  @Column({ type: 'bigint', name: 'bulk_payment_job_id', nullable: true })
  bulkPaymentJobId!: string | null;

  @Column({ type: 'bigint', name: 'subscription_id', nullable: true })
  subscriptionId!: string | null;

  /** When the log told of it. */
  @Column(nullable('timestamptz', 'told_at'))
  toldAt!: Date | null;

  /** What is violated, in words; raised once for each kind. */
  @Column({ type: 'text' })
  violation!: string;

  @Column({ type: 'jsonb' })
  evidence!: Record<string, unknown>;

  @Column({ type: 'timestamptz', name: 'raised_at' })
  raisedAt!: Date;

  @Column(nullable('timestamptz', 'resolved_at'))
  resolvedAt!: Date | null;

  @Column(nullable('text', 'resolved_by'))
  resolvedBy!: string | null;

  @Column(nullable('text', 'resolution_reason'))
  resolutionReason!: string | null;

  /** Whoever resolved it says that those it took for one customer are several. */
  @Column({ type: 'boolean', name: 'different_customers', default: false })
  differentCustomers!: boolean;

  /** Changes with every change of the row: PostgreSQL's own count. */
  @Column({ type: 'text', name: 'xmin', insert: false, update: false })
  version!: string;
}
