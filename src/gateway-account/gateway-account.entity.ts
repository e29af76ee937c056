import { Column, Entity, PrimaryColumn, PrimaryGeneratedColumn } from 'typeorm';
import type { Deployment } from '../config';
import { nullable } from '../platform/database';
import { ChangeEntry } from '../platform/work';
import type { GatewayName } from './gateway-name';

/** What an account may collect: by subscription, what is bought once, or either. */
export const PURPOSES = ['any', 'recurring', 'one-time'] as const;
export type Purpose = (typeof PURPOSES)[number];

/** One contract of the merchant with a gateway (가맹점 계정). It is never deleted: charges refer to it. */
@Entity('gateway_account')
export class GatewayAccount {
  /** Short and for ever the same: it stands in addresses and in every charge. */
  @PrimaryColumn({ type: 'text' })
  id!: string;

  /** In which order they were made. */
  @Column({ type: 'bigint', insert: false, update: false })
  position!: string;

  @Column({ type: 'text' })
  gateway!: GatewayName;

  /** What people call it. */
  @Column({ type: 'text' })
  label!: string;

  @Column({ type: 'text' })
  environment!: Deployment;

  @Column({ type: 'text' })
  purpose!: Purpose;

  /** What the gateway calls the merchant, by its own words; no secrets. */
  @Column({ type: 'jsonb' })
  identifiers!: Readonly<Record<string, string>>;

  /** Of all replicas together; `null`: as the settings say. */
  @Column(nullable('integer', 'lookups_per_minute'))
  lookupsPerMinute!: number | null;

  /** Of all replicas together; `null`: as the settings say. */
  @Column(nullable('integer', 'refunds_per_minute'))
  refundsPerMinute!: number | null;

  /** Of each step in each process; `null`: as the settings say. */
  @Column(nullable('integer', 'at_once'))
  atOnce!: number | null;

  @Column({ type: 'boolean' })
  enabled!: boolean;

  /** `null`: there since before accounts were told apart. */
  @Column(nullable('timestamptz', 'created_at'))
  createdAt!: Date | null;

  @Column(nullable('timestamptz', 'updated_at'))
  updatedAt!: Date | null;

  /** Changes with every change of the row: PostgreSQL's own count. */
  @Column({ type: 'text', name: 'xmin', insert: false, update: false })
  version!: string;
}

/** A change of an account, never of a secret itself: of credentials only their names are told. */
@Entity('gateway_account_history')
export class GatewayAccountHistory extends ChangeEntry {
  @Column({ type: 'text', name: 'gateway_account' })
  gatewayAccount!: string;

  @Column(nullable('text', 'reason'))
  reason!: string | null;
}

/** A secret of an account, encrypted; each rotation adds one beside the old. */
@Entity('gateway_account_credential')
export class GatewayAccountCredential {
  @PrimaryGeneratedColumn('identity', { type: 'bigint', generatedIdentity: 'ALWAYS' })
  id!: string;

  @Column({ type: 'text', name: 'gateway_account' })
  gatewayAccount!: string;

  @Column({ type: 'text' })
  name!: string;

  /** Counts the rotations of the account: what came together has the same. */
  @Column({ type: 'integer' })
  version!: number;

  @Column({ type: 'bytea', select: false })
  ciphertext!: Buffer;

  @Column({ type: 'text', name: 'key_id', select: false })
  keyId!: string;

  @Column({ type: 'timestamptz', name: 'created_at' })
  createdAt!: Date;

  @Column({ type: 'text', name: 'created_by' })
  createdBy!: string;

  /** When it is used no more; `null`: a newer one has not come. */
  @Column(nullable('timestamptz', 'valid_until'))
  validUntil!: Date | null;
}
