import { Column, Entity, PrimaryGeneratedColumn } from 'typeorm';
import type { Won } from '../kernel/won';
import { wonColumn } from '../platform/database';
import { ChangeEntry } from '../platform/work';

/** What is sold, and its price; what T store sells is split by who collects it. */
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

  /** Who collects which part, where T store does; `null` of what another gateway collects. */
  @Column(wonColumn({ name: 'carrier_amount', nullable: true }))
  carrierAmount!: Won | null;

  @Column(wonColumn({ name: 'credit_card_amount', nullable: true }))
  creditCardAmount!: Won | null;

  @Column(wonColumn({ name: 'tmembership_amount', nullable: true }))
  tmembershipAmount!: Won | null;

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
