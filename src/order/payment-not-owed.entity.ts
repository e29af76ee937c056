import { Column, Entity, PrimaryColumn } from 'typeorm';
import { nullable } from '../platform/database';

/** A payment of an order that doesn't owe it: the order was canceled, or is paid by another one. */
@Entity('payment_not_owed')
export class PaymentNotOwed {
  @PrimaryColumn({ type: 'bigint', name: 'direct_payment_id' })
  directPaymentId!: string;

  @Column({ type: 'timestamptz', name: 'found_at' })
  foundAt!: Date;

  /** When it was asked back by rule. */
  @Column(nullable('timestamptz', 'asked_back_at'))
  askedBackAt!: Date | null;

  /** Why the rule could not, and people give it back. */
  @Column(nullable('text', 'left_because'))
  leftBecause!: string | null;
}
