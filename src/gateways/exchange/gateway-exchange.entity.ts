import { Column, Entity, PrimaryGeneratedColumn } from 'typeorm';
import type { GatewayName } from '../../gateway-account';
import { nullable } from '../../platform/database';

/** What a gateway is asked for, whichever it is. */
export const EXCHANGE_OPERATIONS = [
  'confirm',
  'charge',
  'refund',
  'issue-method',
  'remove-method',
  'issue-account',
  'look-up',
] as const;
export type ExchangeOperation = (typeof EXCHANGE_OPERATIONS)[number];

export const EXCHANGE_OUTCOMES = ['success', 'declined', 'refused', 'unknown'] as const;
export type ExchangeOutcome = (typeof EXCHANGE_OUTCOMES)[number];

/** One call to a gateway that moved money, or may have; what went over the wire is sealed. */
@Entity('gateway_exchange')
export class GatewayExchange {
  @PrimaryGeneratedColumn('identity', { type: 'bigint', generatedIdentity: 'ALWAYS' })
  id!: string;

  @Column({ type: 'text' })
  gateway!: GatewayName;

  @Column({ type: 'text', name: 'gateway_account' })
  gatewayAccount!: string;

  @Column({ type: 'text' })
  operation!: ExchangeOperation;

  /** `null` where it is about no payment, such as the issue of a payment method. */
  @Column(nullable('text', 'order_no'))
  orderNo!: string | null;

  @Column(nullable('text', 'transaction_id'))
  transactionId!: string | null;

  /** SHA-256: two sendings of one call have the same. */
  @Column(nullable('bytea', 'idempotency_key_hash'))
  idempotencyKeyHash!: Buffer | null;

  @Column({ type: 'timestamptz', name: 'started_at' })
  startedAt!: Date;

  /** `null`: whoever sent it has not come back with an answer, and may never have sent it. */
  @Column(nullable('timestamptz', 'ended_at'))
  endedAt!: Date | null;

  /** `null` where nothing came back. */
  @Column(nullable('integer', 'http_status'))
  httpStatus!: number | null;

  /** What the answer was taken for. */
  @Column(nullable('text', 'outcome'))
  outcome!: ExchangeOutcome | null;

  /** The gateway's code, or why there is no answer. */
  @Column(nullable('text', 'result_code'))
  resultCode!: string | null;

  /** By which the gateway's own people find it. */
  @Column(nullable('text', 'trace_id'))
  traceId!: string | null;

  /** What the ciphertext is bound to. */
  @Column({ type: 'uuid', name: 'seal' })
  seal!: string;

  /** Request and answer, masked; not read with the row. */
  @Column({ type: 'bytea', select: false })
  ciphertext!: Buffer;

  @Column({ type: 'text', name: 'key_id', select: false })
  keyId!: string;
}
