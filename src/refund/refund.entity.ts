import { Column, Entity, PrimaryGeneratedColumn, VirtualColumn } from 'typeorm';
import type { GatewayName, PaymentPart } from '../gateways';
import type { Won } from '../kernel/won';
import { nullable, wonColumn } from '../platform/database';
import { HistoryEntry, Leased } from '../platform/work';
import { refundStopSql } from './refund-stop.sql';
import type { RefundState } from './refund.state';

/** Money of one charge to be given back, and what became of it. In Unknown without `nextAttemptAt`, a person must decide. */
@Entity('refund')
export class Refund extends Leased {
  @PrimaryGeneratedColumn('identity', { type: 'bigint', generatedIdentity: 'ALWAYS' })
  id!: string;

  @Column({ type: 'bigint', name: 'charge_id' })
  chargeId!: string;

  /** The charge's, read with it. */
  @VirtualColumn({
    type: 'text',
    query: (refund) => `SELECT order_no FROM charge WHERE charge.id = ${refund}.charge_id`,
  })
  orderNo!: string;

  /** The charge's. */
  @Column({ type: 'text', default: 'tstore' })
  gateway!: GatewayName;

  /** The charge's: what collected the money gives it back. */
  @Column({ type: 'text', name: 'gateway_account', default: 'tstore' })
  gatewayAccount!: string;

  /** Why it is not sent although its turn would come: the kill switch, its account disabled, or a line stop. */
  @VirtualColumn({
    type: 'text',
    query: (refund) =>
      `SELECT coalesce(
        (SELECT 'kill switch: ' || reason FROM kill_switch WHERE engaged),
        (SELECT format('gateway account %s is disabled', account.id) FROM gateway_account AS account
          WHERE account.id = ${refund}.gateway_account AND NOT account.enabled),
        (SELECT format('line stop %s: %s', stop.id, stop.violation)
          FROM (${refundStopSql(`${refund}.charge_id`)}) AS stop))
        WHERE ${refund}.state = 'Requested'`,
  })
  heldBy!: string | null;

  /** Where it goes, of what was paid by a deposit, as it may be shown; and how far the gateway's transfer to it is. */
  @VirtualColumn({
    type: 'jsonb',
    query: (refund) =>
      `SELECT jsonb_build_object('shown', shown, 'transferStatus', transfer_status)
        FROM refund_account WHERE refund_account.refund_id = ${refund}.id`,
  })
  receiver!: { shown: string; transferStatus: string | null } | null;

  /** The payment it takes back. */
  @Column({ type: 'text', name: 'transaction_id' })
  transactionId!: string;

  @Column(wonColumn())
  amount!: Won;

  /** The gateway made it without us, and a person recorded it. */
  @Column({ type: 'boolean', default: false })
  outside!: boolean;

  @Column({ type: 'text' })
  state!: RefundState;

  /** Why, in the words of whoever asked for it. */
  @Column({ type: 'text' })
  reason!: string;

  /** What its orderer calls it; a charge is refunded once under a reference. */
  @Column(nullable('text', 'reference'))
  reference!: string | null;

  @Column({ type: 'text', name: 'requested_by' })
  requestedBy!: string;

  /** Whose key it was requested with. */
  @Column({ type: 'text', name: 'requested_by_owner' })
  requestedByOwner!: string;

  @Column({ type: 'timestamptz', name: 'requested_at' })
  requestedAt!: Date;

  /** Why a second person had or has to release it. */
  @Column(nullable('text', 'hold_reason'))
  holdReason!: string | null;

  /** Other orders that claimed its payment when it was asked for, which whoever releases it is told. */
  @Column({ type: 'text', array: true, name: 'claimed_by', default: '{}' })
  claimedBy!: string[];

  @Column(nullable('text', 'released_by'))
  releasedBy!: string | null;

  /** Whose key it was released with: never the same as `requestedByOwner`. */
  @Column(nullable('text', 'released_by_owner'))
  releasedByOwner!: string | null;

  @Column(nullable('timestamptz', 'released_at'))
  releasedAt!: Date | null;

  /** Names the sending whose answer may be recorded, also by a replica that froze meanwhile. */
  @Column(nullable('uuid', 'sending_id'))
  sendingId!: string | null;

  /** Whether it was sent as a refund of the whole payment. */
  @Column({ type: 'boolean', name: 'is_full', nullable: true })
  isFull!: boolean | null;

  /** The parts that were sent; `null` where the gateway was left to choose them. */
  @Column(nullable('jsonb', 'payment_parts'))
  paymentParts!: PaymentPart[] | null;

  /** What the gateway had just before it was sent, which later lookups are held against. */
  @Column({ type: 'bigint', name: 'baseline_lookup_id', nullable: true })
  baselineLookupId!: string | null;

  @Column(nullable('timestamptz', 'sent_at'))
  sentAt!: Date | null;

  @Column(nullable('text', 'doubt'))
  doubt!: string | null;

  @Column(nullable('timestamptz', 'in_doubt_since'))
  inDoubtSince!: Date | null;

  /** The gateway's id of the refund; `null` where its answer was lost. */
  @Column(nullable('text', 'refund_transaction_id'))
  refundTransactionId!: string | null;

  @Column(nullable('text', 'result_code'))
  resultCode!: string | null;

  @Column(nullable('text', 'result_message'))
  resultMessage!: string | null;

  @Column(nullable('timestamptz', 'ended_at'))
  endedAt!: Date | null;

  /** Changes with every change of the row: PostgreSQL's own count. */
  @Column({ type: 'text', name: 'xmin', insert: false, update: false })
  version!: string;
}

@Entity('refund_history')
export class RefundHistory extends HistoryEntry<RefundState> {
  @Column({ type: 'bigint', name: 'refund_id' })
  refundId!: string;
}
