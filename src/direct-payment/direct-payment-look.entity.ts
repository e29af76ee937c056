import { Column, Entity, PrimaryGeneratedColumn } from 'typeorm';
import type { PaymentReceipt } from '../gateways';
import { nullable } from '../platform/database';
import type { LookupAnswer } from '../transaction-lookup';

/** A payment as its gateway has it under an order number, without what is only the customer's. */
export type SeenPayment = Pick<
  PaymentReceipt,
  'transactionId' | 'orderNo' | 'amount' | 'currency' | 'standing' | 'resultCode' | 'resultMessage'
>;

/** What the gateway said of a payment when it was asked by its order number. */
@Entity('direct_payment_look')
export class DirectPaymentLook {
  @PrimaryGeneratedColumn('identity', { type: 'bigint', generatedIdentity: 'ALWAYS' })
  id!: string;

  @Column({ type: 'bigint', name: 'direct_payment_id' })
  directPaymentId!: string;

  @Column({ type: 'text' })
  answer!: LookupAnswer;

  @Column(nullable('jsonb', 'found'))
  found!: SeenPayment | null;

  @Column(nullable('text', 'message'))
  message!: string | null;

  @Column({ type: 'text' })
  actor!: string;

  @Column({ type: 'timestamptz' })
  at!: Date;
}
