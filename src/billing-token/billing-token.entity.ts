import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A billing token in the vault. */
@Entity('billing_token')
export class BillingToken {
  /** SHA-256 of the token's text. */
  @PrimaryColumn({ type: 'bytea', name: 'token_hash' })
  tokenHash!: Buffer;

  @Column({ type: 'bytea' })
  ciphertext!: Buffer;

  @Column({ type: 'text', name: 'key_id' })
  keyId!: string;

  @Column({ type: 'timestamptz', name: 'created_at' })
  createdAt!: Date;
}
