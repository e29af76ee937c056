import { Column, Entity, PrimaryGeneratedColumn } from 'typeorm';
import { nullable } from '../platform/database';

/** What a gateway says of the secrets of an account. */
export const CREDENTIAL_VERDICTS = ['accepted', 'refused'] as const;
export type CredentialVerdict = (typeof CREDENTIAL_VERDICTS)[number];

/** What the gateway of an account says of some of its secrets. Replicas that are set up otherwise have others. */
@Entity('gateway_account_check')
export class GatewayAccountCheck {
  @PrimaryGeneratedColumn('identity', { type: 'bigint', generatedIdentity: 'ALWAYS' })
  id!: string;

  @Column({ type: 'text', name: 'gateway_account' })
  gatewayAccount!: string;

  /** Names the secrets, and tells nothing of them: `CredentialSet.print`. */
  @Column({ type: 'text' })
  credentials!: string;

  /** When a scheduler had them as the account's newest last, to the minute. */
  @Column({ type: 'timestamptz', name: 'in_use_at' })
  inUseAt!: Date;

  /** `null`: the gateway has said neither yet. */
  @Column(nullable('text', 'verdict'))
  verdict!: CredentialVerdict | null;

  /** What was seen, in words; masked. */
  @Column(nullable('text', 'detail'))
  detail!: string | null;

  /** What to do next. */
  @Column(nullable('text', 'act'))
  act!: string | null;

  /** When the gateway said so last. */
  @Column(nullable('timestamptz', 'judged_at'))
  judgedAt!: Date | null;

  /** Since when it says so; before it has said anything, when they were seen first. */
  @Column({ type: 'timestamptz' })
  since!: Date;

  /** In a row that came to no verdict. */
  @Column({ type: 'integer', default: 0 })
  attempts!: number;

  /** Also the lease of whoever asks: it is moved on by the claim. `null`: nobody asks again. */
  @Column(nullable('timestamptz', 'next_check_at'))
  nextCheckAt!: Date | null;
}
