import { Column, Entity, PrimaryColumn } from 'typeorm';
import { nullable } from '../platform/database';

/** The account of a customer's to which a refund goes, of a payment that came by a deposit. */
@Entity('refund_account')
export class RefundAccount {
  @PrimaryColumn({ type: 'bigint', name: 'refund_id' })
  refundId!: string;

  @Column({ type: 'text', name: 'bank_code' })
  bankCode!: string;

  /** What may be shown of it: its bank, the end of its number, the beginning of whose it is. */
  @Column({ type: 'text' })
  shown!: string;

  /** Number and holder, sealed. */
  @Column({ type: 'bytea' })
  ciphertext!: Buffer;

  @Column({ type: 'text', name: 'key_id' })
  keyId!: string;

  /** How far the gateway's transfer to it is, by its own word; it says that the refund is made before that. */
  @Column(nullable('text', 'transfer_status'))
  transferStatus!: string | null;
}
