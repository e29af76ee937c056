import { Column, Entity, PrimaryGeneratedColumn } from 'typeorm';
import type { FoundPayment, GatewayName } from '../gateways';
import { nullable } from '../platform/database';

/** A payment as its gateway has it; `updatedAt` as text, because it is kept as JSON. */
export type FoundTransaction = Omit<FoundPayment, 'isPaid' | 'isRefunded' | 'updatedAt'> & {
  updatedAt: string | null;
  /** As in {@link FoundPayment}; absent from what earlier versions kept, which says as little as `null`. */
  isRefunded?: boolean | null;
  /** As in {@link FoundPayment}; absent from what earlier versions kept. */
  isPaid?: boolean;
};

/** Whether it is in a state in which money may have been given back: one of that meaning, or one that nobody has named. */
export function mayBeRefunded({ isRefunded, isPaid }: FoundTransaction): boolean {
  return isRefunded === true || isPaid === false;
}

/** Whether it can be a payment for a product: goods are shown in samples and promised nowhere, so none is no difference. */
export function isOfProduct({ goods }: FoundTransaction, storeProductId: string | undefined): boolean {
  return goods.length === 0 || goods.some(({ productId }) => productId === storeProductId);
}

/** Whether it can be a payment with a billing token: where the gateway did not say which was charged, that is no difference. */
export function isWithToken({ billingTokenHash }: FoundTransaction, hexHash: string): boolean {
  return billingTokenHash === undefined || billingTokenHash === hexHash;
}

/**
 * What comes of asking a gateway for a transaction.
 *
 * - found: it has the payment. not-found: it has no such payment, said by a code that is known to mean it.
 * - refused: it said no for another reason, such as maintenance. unknown: it could not be asked. Of the payment neither
 *   says anything, so nothing is decided by it, and it is asked again.
 */
export const LOOKUP_ANSWERS = ['found', 'not-found', 'refused', 'unknown'] as const;
export type LookupAnswer = (typeof LOOKUP_ANSWERS)[number];
export type ToldAnswer = Extract<LookupAnswer, 'found' | 'not-found'>;

/** Whether the gateway said something of the payment. */
export function tells(answer: LookupAnswer): answer is ToldAnswer {
  return answer === 'found' || answer === 'not-found';
}

/** The same in SQL. @param answer SQL of an answer */
export const tellsSql = (answer: string): string => `${answer} IN ('found', 'not-found')`;

/** What a gateway said of a transaction when it was asked. */
@Entity('transaction_lookup')
export class TransactionLookup {
  @PrimaryGeneratedColumn('identity', { type: 'bigint', generatedIdentity: 'ALWAYS' })
  id!: string;

  @Column({ type: 'text' })
  gateway!: GatewayName;

  /** Which of the merchant's accounts asked. */
  @Column({ type: 'text', name: 'gateway_account', default: 'tstore' })
  gatewayAccount!: string;

  @Column({ type: 'text', name: 'transaction_id' })
  transactionId!: string;

  @Column({ type: 'text' })
  answer!: LookupAnswer;

  @Column(nullable('jsonb', 'found'))
  found!: FoundTransaction | null;

  @Column(nullable('text', 'message'))
  message!: string | null;

  @Column({ type: 'text' })
  actor!: string;

  @Column({ type: 'timestamptz' })
  at!: Date;
}
