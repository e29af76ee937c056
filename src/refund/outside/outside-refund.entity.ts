import { Column, Entity, PrimaryGeneratedColumn, VirtualColumn } from 'typeorm';
import { nullable } from '../../platform/database';
import { HistoryEntry } from '../../platform/work';
import type { OutsideRefundState } from './outside-refund.state';

/** What the gateway's record of a payment showed of a refund that we did not make. */
@Entity('outside_refund')
export class OutsideRefund {
  @PrimaryGeneratedColumn('identity', { type: 'bigint', generatedIdentity: 'ALWAYS' })
  id!: string;

  @Column({ type: 'bigint', name: 'charge_id' })
  chargeId!: string;

  /** The charge's, read with it. */
  @VirtualColumn({ type: 'text', query: (row) => `SELECT order_no FROM charge WHERE charge.id = ${row}.charge_id` })
  orderNo!: string;

  /** The lookup that showed it, kept as evidence. */
  @Column({ type: 'bigint', name: 'lookup_id' })
  lookupId!: string;

  /** What the gateway's record said, in one line; each showing of a charge is looked into once. */
  @Column({ type: 'text' })
  shown!: string;

  @Column({ type: 'text' })
  state!: OutsideRefundState;

  @Column({ type: 'timestamptz', name: 'found_at' })
  foundAt!: Date;

  /** The refund it was recorded as. */
  @Column({ type: 'bigint', name: 'refund_id', nullable: true })
  refundId!: string | null;

  @Column(nullable('timestamptz', 'decided_at'))
  decidedAt!: Date | null;

  @Column(nullable('text', 'decided_by'))
  decidedBy!: string | null;

  @Column(nullable('text', 'decision_reason'))
  decisionReason!: string | null;
}

@Entity('outside_refund_history')
export class OutsideRefundHistory extends HistoryEntry<OutsideRefundState> {
  @Column({ type: 'bigint', name: 'outside_refund_id' })
  outsideRefundId!: string;
}
