import { Column, Entity, PrimaryGeneratedColumn } from 'typeorm';
import type { GatewayName } from '../gateways';
import type { SeoulDate } from '../kernel/seoul-calendar';
import type { Won } from '../kernel/won';
import { nullable, wonColumn } from '../platform/database';
import { HistoryEntry } from '../platform/work';
import type { DifferenceKind, DifferenceMovement, DifferenceState } from './tie-out-difference.state';

/** One thing that the gateway's lists have otherwise than we do. */
@Entity('tie_out_difference')
export class TieOutDifference {
  @PrimaryGeneratedColumn('identity', { type: 'bigint', generatedIdentity: 'ALWAYS' })
  id!: string;

  @Column({ type: 'text' })
  gateway!: GatewayName;

  @Column({ type: 'text', name: 'gateway_account' })
  gatewayAccount!: string;

  @Column({ type: 'date' })
  day!: SeoulDate;

  /** What it is about, named for ever the same: so a comparison that is made again finds it again. */
  @Column({ type: 'text' })
  subject!: string;

  @Column({ type: 'text' })
  kind!: DifferenceKind;

  @Column({ type: 'text' })
  movement!: DifferenceMovement;

  @Column({ type: 'text' })
  state!: DifferenceState;

  @Column(nullable('text', 'order_no'))
  orderNo!: string | null;

  @Column(nullable('text', 'transaction_id'))
  transactionId!: string | null;

  /** The gateway's id of what happened. */
  @Column(nullable('text', 'act_id'))
  actId!: string | null;

  @Column(wonColumn({ name: 'our_amount', nullable: true }))
  ourAmount!: Won | null;

  @Column(wonColumn({ name: 'their_amount', nullable: true }))
  theirAmount!: Won | null;

  @Column(nullable('text', 'our_state'))
  ourState!: string | null;

  /** By the gateway's own word. */
  @Column(nullable('text', 'their_state'))
  theirState!: string | null;

  @Column({ type: 'timestamptz', name: 'found_at' })
  foundAt!: Date;

  /** When the payment was looked up for it, of what was given back without us. */
  @Column(nullable('timestamptz', 'looked_up_at'))
  lookedUpAt!: Date | null;

  @Column(nullable('timestamptz', 'decided_at'))
  decidedAt!: Date | null;

  @Column(nullable('text', 'decided_by'))
  decidedBy!: string | null;

  @Column(nullable('text', 'decision_reason'))
  decisionReason!: string | null;
}

@Entity('tie_out_difference_history')
export class TieOutDifferenceHistory extends HistoryEntry<DifferenceState> {
  @Column({ type: 'bigint', name: 'tie_out_difference_id' })
  tieOutDifferenceId!: string;
}
