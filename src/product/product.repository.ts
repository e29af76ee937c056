import { Injectable } from '@nestjs/common';
import type { GatewayName } from '../gateway-account';
import { Database, type SqlSession } from '../platform/database';
import { changesSql } from '../platform/work';
import type { NewProduct, Price } from './price';
import { Product, ProductHistory } from './product.entity';

/** What can change of a product; what is left out stays. A price changes as a whole. */
export interface ProductChange {
  name?: string | undefined;
  price?: Price | undefined;
  active?: boolean | undefined;
  billingGroup?: string | undefined;
  gatewayAccount?: string | undefined;
}

/** A product, and who collects what its subscribers pay. */
export interface SoldProduct {
  id: string;
  gateway: GatewayName;
}

@Injectable()
export class ProductRepository {
  constructor(private readonly database: Database) {}

  /** @returns the new product's id, or `undefined` when the store product id is taken */
  async create(product: NewProduct, actor: string, at: Date): Promise<string | undefined> {
    const [created] = await this.database.rows<{ id: string }>(
      `WITH created AS (
         INSERT INTO product (store_product_id, name, amount, carrier_amount, credit_card_amount, tmembership_amount,
           created_at, gateway_account)
         VALUES ($1, $2, $3, $4, $5, $6, $8, coalesce($9, 'tstore'))
         ON CONFLICT (store_product_id) DO NOTHING
         RETURNING id),
       history AS (
         INSERT INTO product_history (product_id, cause, actor, at) SELECT id, 'created', $7, $8 FROM created)
       SELECT id FROM created`,
      [
        product.storeProductId,
        product.name,
        product.amount,
        product.carrierAmount,
        product.creditCardAmount,
        product.tmembershipAmount,
        actor,
        at,
        product.gatewayAccount,
      ],
    );
    return created?.id;
  }

  /**
   * Charges that exist keep what they were made with; the next ones are made from the product as it is then.
   *
   * @param version the only one it may be changed from, when there is one
   * @returns whether the product, in that version, was there
   */
  async change(
    id: string,
    change: ProductChange,
    why: { actor: string; at: Date; version: string | undefined },
  ): Promise<boolean> {
    const [found] = await this.database.rows<{ count: number }>(
      `WITH before AS (
         SELECT * FROM product WHERE id = $1 AND ($11::text IS NULL OR xmin::text = $11) FOR UPDATE),
       after AS (
         UPDATE product SET name = coalesce($2, product.name), active = coalesce($3, product.active),
           amount = coalesce($4, product.amount), carrier_amount = coalesce($5, product.carrier_amount),
           credit_card_amount = coalesce($6, product.credit_card_amount),
           tmembership_amount = coalesce($7, product.tmembership_amount),
           billing_group = coalesce($10, product.billing_group),
           gateway_account = coalesce($12, product.gateway_account)
         FROM before WHERE product.id = before.id
         RETURNING product.*),
       changed AS (
         SELECT after.id, ${changesSql('before', 'after')} AS changes FROM before JOIN after USING (id)),
       history AS (
         INSERT INTO product_history (product_id, cause, changes, actor, at)
         SELECT id, 'changed', changes, $8, $9 FROM changed WHERE changes IS NOT NULL)
       SELECT count(*)::int AS count FROM before`,
      [
        id,
        change.name,
        change.active,
        change.price?.amount,
        change.price?.carrierAmount,
        change.price?.creditCardAmount,
        change.price?.tmembershipAmount,
        why.actor,
        why.at,
        change.billingGroup,
        why.version,
        change.gatewayAccount,
      ],
    );
    return found?.count === 1;
  }

  find(id: string): Promise<Product | null> {
    return this.database.manager.findOneBy(Product, { id });
  }

  /** A product that is there and sold. */
  async active(session: SqlSession, storeProductId: string): Promise<SoldProduct | undefined> {
    return this.sold(session, 'store_product_id = $1 AND active', storeProductId);
  }

  /** A product, sold or not. */
  async sellerOf(session: SqlSession, id: string): Promise<SoldProduct | undefined> {
    return this.sold(session, 'product.id = $1', id);
  }

  private async sold(session: SqlSession, where: string, value: string): Promise<SoldProduct | undefined> {
    const [product] = await session.rows<SoldProduct>(
      `SELECT product.id, account.gateway
       FROM product JOIN gateway_account AS account ON account.id = product.gateway_account WHERE ${where}`,
      [value],
    );
    return product;
  }

  /** Newest first. */
  list(page: { active: boolean | undefined; beforeId: string | undefined; limit: number }): Promise<Product[]> {
    const query = this.database.manager.createQueryBuilder(Product, 'product').orderBy('product.id', 'DESC');
    if (page.active !== undefined) query.andWhere('product.active = :active', { active: page.active });
    if (page.beforeId !== undefined) query.andWhere('product.id < :beforeId', { beforeId: page.beforeId });
    return query.limit(page.limit).getMany();
  }

  history(productId: string): Promise<ProductHistory[]> {
    return this.database.manager.find(ProductHistory, { where: { productId }, order: { id: 'ASC' } });
  }
}
