import { Column, Entity, PrimaryColumn } from 'typeorm';
import { nullable } from '../../../platform/database';

/** An access token of a gateway account, encrypted, and who is asking for the next one. */
@Entity('oauth_token')
export class OAuthToken {
  /** The gateway account it is of. */
  @PrimaryColumn({ type: 'text' })
  name!: string;

  @Column(nullable('bytea', 'ciphertext'))
  ciphertext!: Buffer | null;

  @Column(nullable('text', 'key_id'))
  keyId!: string | null;

  @Column(nullable('text', 'token_type'))
  tokenType!: string | null;

  @Column(nullable('text', 'scope'))
  scope!: string | null;

  @Column(nullable('timestamptz', 'issued_at'))
  issuedAt!: Date | null;

  @Column(nullable('timestamptz', 'expires_at'))
  expiresAt!: Date | null;

  /** With which of the account's secrets it was asked for: once these have ended, it is no good either. */
  @Column(nullable('text', 'made_with'))
  madeWith!: string | null;

  /** `CredentialSet.print` of these very secrets. */
  @Column(nullable('text', 'made_with_credentials'))
  madeWithCredentials!: string | null;

  /** Tokens there have been; names this one. */
  @Column({ type: 'bigint', default: 0 })
  generation!: string;

  @Column(nullable('uuid', 'refresh_lease_id'))
  refreshLeaseId!: string | null;

  @Column(nullable('timestamptz', 'refresh_lease_until'))
  refreshLeaseUntil!: Date | null;

  @Column(nullable('timestamptz', 'refresh_failed_at'))
  refreshFailedAt!: Date | null;

  @Column(nullable('text', 'refresh_failure'))
  refreshFailure!: string | null;

  /** After a failure nobody asks again before this. */
  @Column(nullable('timestamptz', 'retry_not_before'))
  retryNotBefore!: Date | null;
}
