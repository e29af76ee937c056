import { Column, Entity, PrimaryGeneratedColumn } from 'typeorm';
import type { GatewayName } from '../gateways';
import type { SeoulDate } from '../kernel/seoul-calendar';
import { nullable } from '../platform/database';
import { HistoryEntry, Leased } from '../platform/work';
import type { TieOutState } from './tie-out.state';

/** A day of a gateway account, and how far it is held against the gateway's lists; the pages before the cursor are kept. */
@Entity('tie_out')
export class TieOut extends Leased {
  @PrimaryGeneratedColumn('identity', { type: 'bigint', generatedIdentity: 'ALWAYS' })
  id!: string;

  @Column({ type: 'text' })
  gateway!: GatewayName;

  @Column({ type: 'text', name: 'gateway_account' })
  gatewayAccount!: string;

  @Column({ type: 'date' })
  day!: SeoulDate;

  @Column({ type: 'text' })
  state!: TieOutState;

  /** What is listed: the day, or with both days beside it. */
  @Column({ type: 'date', name: 'from_day' })
  fromDay!: SeoulDate;

  @Column({ type: 'date', name: 'to_day' })
  toDay!: SeoulDate;

  /** Where the next page of the list begins. */
  @Column(nullable('text', 'cursor'))
  cursor!: string | null;

  /** Read so far, of both lists. */
  @Column({ type: 'integer', name: 'page_count', default: 0 })
  pageCount!: number;

  @Column({ type: 'text', name: 'requested_by' })
  requestedBy!: string;

  @Column({ type: 'timestamptz', name: 'requested_at' })
  requestedAt!: Date;

  @Column(nullable('timestamptz', 'finished_at'))
  finishedAt!: Date | null;
}

@Entity('tie_out_history')
export class TieOutHistory extends HistoryEntry<TieOutState> {
  @Column({ type: 'bigint', name: 'tie_out_id' })
  tieOutId!: string;
}
