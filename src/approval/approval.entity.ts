import { Column, Entity, PrimaryGeneratedColumn } from 'typeorm';
import type { Won } from '../kernel/won';
import { nullable, wonColumn } from '../platform/database';
import { HistoryEntry } from '../platform/work';
import type { ApprovalKind, ApprovalState } from './approval.state';

/** One thing that waits, or has waited, for a second person. */
@Entity('approval')
export class Approval {
  @PrimaryGeneratedColumn('identity', { type: 'bigint', generatedIdentity: 'ALWAYS' })
  id!: string;

  @Column({ type: 'text' })
  kind!: ApprovalKind;

  /** Of the refund, billing run, job, discrepancy, charge or line stop it is about. */
  @Column({ type: 'bigint', name: 'subject_id' })
  subjectId!: string;

  /** What is done when it is approved, as the room that does it reads it. */
  @Column({ type: 'jsonb' })
  act!: Record<string, string>;

  /** The same in words, for whoever decides. */
  @Column({ type: 'text' })
  summary!: string;

  /** Why it needs a second person. */
  @Column({ type: 'text' })
  because!: string;

  /** How many charges or refunds it is about, where they can be counted. */
  @Column(nullable('integer', 'count'))
  count!: number | null;

  /** What money it is about, where that can be told. */
  @Column(wonColumn({ nullable: true }))
  amount!: Won | null;

  @Column({ type: 'text' })
  state!: ApprovalState;

  @Column({ type: 'text', name: 'requested_by' })
  requestedBy!: string;

  @Column({ type: 'text', name: 'requested_by_owner' })
  requestedByOwner!: string;

  /** `null`: the bootstrap key, or the service itself. */
  @Column({ type: 'bigint', name: 'requested_by_key_id', nullable: true })
  requestedByKeyId!: string | null;

  /** Why, in the words of whoever asked. */
  @Column(nullable('text', 'reason'))
  reason!: string | null;

  @Column({ type: 'timestamptz', name: 'requested_at' })
  requestedAt!: Date;

  /** `null`: it waits until somebody decides. */
  @Column(nullable('timestamptz', 'expires_at'))
  expiresAt!: Date | null;

  @Column(nullable('text', 'decided_by'))
  decidedBy!: string | null;

  @Column(nullable('text', 'decided_by_owner'))
  decidedByOwner!: string | null;

  @Column({ type: 'bigint', name: 'decided_by_key_id', nullable: true })
  decidedByKeyId!: string | null;

  @Column(nullable('text', 'decision_reason'))
  decisionReason!: string | null;

  @Column(nullable('timestamptz', 'decided_at'))
  decidedAt!: Date | null;

  /** Changes with every change of the row: PostgreSQL's own count. */
  @Column({ type: 'text', name: 'xmin', insert: false, update: false })
  version!: string;
}

@Entity('approval_history')
export class ApprovalHistory extends HistoryEntry<ApprovalState> {
  @Column({ type: 'bigint', name: 'approval_id' })
  approvalId!: string;
}
