import { Column, Entity, PrimaryGeneratedColumn } from 'typeorm';
import type { Won } from '../kernel/won';
import { wonColumn } from '../platform/database';
import { ChangeEntry } from '../platform/work';

/** What is sold: T store's product and its price, split by who collects it. */
@Entity('product')
export class Product {
  @PrimaryGeneratedColumn('identity', { type: 'bigint', generatedIdentity: 'ALWAYS' })
  id!: string;

  @Column({ type: 'text', name: 'store_product_id' })
  storeProductId!: string;

  @Column({ type: 'text' })
  name!: string;

  @Column(wonColumn())
  amount!: Won;

  @Column(wonColumn({ name: 'carrier_amount' }))
  carrierAmount!: Won;

  @Column(wonColumn({ name: 'credit_card_amount' }))
  creditCardAmount!: Won;

  @Column(wonColumn({ name: 'tmembership_amount' }))
  tmembershipAmount!: Won;

  @Column({ type: 'boolean', default: true })
  active!: boolean;

  /** Products of one group share bulk payment jobs; empty is a group too. */
  @Column({ type: 'text', name: 'billing_group', default: '' })
  billingGroup!: string;

  /** Which gateway account collects what its subscribers pay. */
  @Column({ type: 'text', name: 'gateway_account', default: 'tstore' })
  gatewayAccount!: string;

  @Column({ type: 'timestamptz', name: 'created_at' })
  createdAt!: Date;

  /** Changes with every change of the row: PostgreSQL's own count. */
  @Column({ type: 'text', name: 'xmin', insert: false, update: false })
  version!: string;
}

/** Only ever appended to. */
@Entity('product_history')
export class ProductHistory extends ChangeEntry {
  @Column({ type: 'bigint', name: 'product_id' })
  productId!: string;
}
