import { Column, Entity, PrimaryGeneratedColumn } from 'typeorm';
import type { GatewayName } from '../gateway-account';
import { nullable } from '../platform/database';
import { Leased } from '../platform/work';
import type { NotificationState } from './notification.state';

/** A message that arrived at the listener, however often it was sent. */
@Entity('notification')
export class Notification extends Leased {
  @PrimaryGeneratedColumn('identity', { type: 'bigint', generatedIdentity: 'ALWAYS' })
  id!: string;

  @Column({ type: 'text', default: 'tstore' })
  gateway!: GatewayName;

  /** SHA-256 over what makes a message the same one among its gateway's; see `messageKey`. */
  @Column({ type: 'bytea', name: 'message_key' })
  messageKey!: Buffer;

  /** SHA-256 of the token in the address it was sent to: names the job, if it is one of ours. */
  @Column(nullable('bytea', 'callback_token_hash'))
  callbackTokenHash!: Buffer | null;

  /** The gateway account it was sent to, or whose job it speaks of; `null` while none of ours is known. */
  @Column(nullable('text', 'gateway_account'))
  gatewayAccount!: string | null;

  @Column(nullable('text', 'notify_version'))
  notifyVersion!: string | null;

  @Column(nullable('text', 'event'))
  event!: string | null;

  @Column(nullable('text', 'status'))
  status!: string | null;

  @Column(nullable('text', 'gateway_job_id'))
  gatewayJobId!: string | null;

  /** Of the payment it is about, as it says; `null` where it is about a job, or none. */
  @Column(nullable('text', 'order_no'))
  orderNo!: string | null;

  /** SHA-256 of the secret by which it says that it is genuine. */
  @Column(nullable('bytea', 'secret_hash'))
  secretHash!: Buffer | null;

  /** As PNS wrote it, `yyyyMMddHHmmss` in Seoul; verification must repeat it to the letter. */
  @Column(nullable('text', 'update_time'))
  updateTime!: string | null;

  @Column(nullable('jsonb', 'other_members'))
  otherMembers!: Record<string, unknown> | null;

  /** What its signature was made with, beside the body; `null` where its gateway signs nothing. */
  @Column(nullable('jsonb', 'signed_headers'))
  signedHeaders!: Record<string, string> | null;

  @Column({ type: 'bytea', name: 'raw_body' })
  rawBody!: Buffer;

  @Column(nullable('text', 'content_type'))
  contentType!: string | null;

  @Column(nullable('text', 'source_address'))
  sourceAddress!: string | null;

  @Column({ type: 'timestamptz', name: 'received_at' })
  receivedAt!: Date;

  @Column({ type: 'timestamptz', name: 'last_received_at' })
  lastReceivedAt!: Date;

  /** Times it came beyond the first. */
  @Column({ type: 'integer', name: 'repeat_count' })
  repeatCount!: number;

  @Column({ type: 'text' })
  state!: NotificationState;

  @Column(nullable('timestamptz', 'verified_at'))
  verifiedAt!: Date | null;

  @Column(nullable('timestamptz', 'rejected_at'))
  rejectedAt!: Date | null;

  /** What PNS answered when it was asked. */
  @Column(nullable('text', 'result_code'))
  resultCode!: string | null;

  @Column(nullable('text', 'result_message'))
  resultMessage!: string | null;

  /** The repeat that brought it back from Rejected, the last time that happened. */
  @Column(nullable('integer', 'reopened_at_repeat'))
  reopenedAtRepeat!: number | null;

  /** When it was left unverified for good, unless it is sent again. */
  @Column(nullable('timestamptz', 'given_up_at'))
  givenUpAt!: Date | null;
}

/** A change of a notification's state. Its beginning as Received is told by the row itself. */
@Entity('notification_history')
export class NotificationHistory {
  @PrimaryGeneratedColumn('identity', { type: 'bigint', generatedIdentity: 'ALWAYS' })
  id!: string;

  @Column({ type: 'bigint', name: 'notification_id' })
  notificationId!: string;

  @Column({ type: 'text', name: 'from_state' })
  fromState!: NotificationState;

  @Column({ type: 'text', name: 'to_state' })
  toState!: NotificationState;

  @Column({ type: 'text' })
  cause!: string;

  @Column({ type: 'text' })
  actor!: string;

  @Column({ type: 'timestamptz' })
  at!: Date;
}
