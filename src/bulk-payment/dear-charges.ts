import { Injectable } from '@nestjs/common';
import { BillingConfig } from '../config';
import { wonInWords } from '../kernel/won';
import type { SqlSession } from '../platform/database';

/** So many payments of a product make an amount one that it is charged; fewer may be a slip. */
const EXAMPLES = 5;

/**
 * Of the latest payments, so that a million charges of a run keep no index for it. What was paid longer ago is let go by a
 * second person once, and known from then on.
 */
const LOOKED_AT = 20_000;

/** The most that is asked of each product, by its store product id. */
export type Dearest = ReadonlyMap<string, number>;

interface Held {
  product: string;
  amount: string;
  /** What at least {@link EXAMPLES} payments of the product were for, or more; `null`: there are fewer. */
  charged: string | null;
  price: string | null;
  /** Up to here it goes without a second person. */
  most: string;
}

/**
 * The one guard against a single charge that is far too dear, whoever makes it: an upload, a billing run, or billing again.
 *
 * Above `UPLOAD_CONFIRM_CHARGE_WON` a charge goes by itself only when its product was really charged so much, or a second
 * person has let such a charge go. A price in the catalogue does not count there: one person alone can set it.
 */
@Injectable()
export class DearCharges {
  constructor(private readonly billing: BillingConfig) {}

  /**
   * Below that sum either may ask for a few times what its product is charged. Where too few payments tell, an upload is held
   * against the price in the catalogue; a run charges that price anyway.
   *
   * @returns why a second person must look at it first, with the figures; `undefined` when nobody must
   */
  async reasonToAsk(session: SqlSession, dearest: Dearest, of: 'upload' | 'billing-run'): Promise<string | undefined> {
    const [dearestOfAll] = await this.tooDear(session, dearest, of, 1);
    return dearestOfAll && inWords(dearestOfAll);
  }

  /** @returns all products a run has such a charge of, with what goes by itself of each: whoever set the price of one must be found */
  async boundsOf(session: SqlSession, dearest: Dearest): Promise<ReadonlyMap<string, number>> {
    const held = await this.tooDear(session, dearest, 'billing-run');
    return new Map(held.map(({ product, most }) => [product, Number(most)]));
  }

  /** The dearest first. @param most how many of them; all unless it is stated */
  private async tooDear(
    session: SqlSession,
    dearest: Dearest,
    of: 'upload' | 'billing-run',
    most: number | null = null,
  ): Promise<Held[]> {
    const { confirm, confirmUpload } = this.billing;
    if (of === 'upload') return this.beyond(session, dearest, confirmUpload.factor, UPLOADED_SQL, most);
    if (confirmUpload.factor > 0) return this.beyond(session, dearest, confirmUpload.factor, PLANNED_SQL, most);
    const above = new Map([...dearest].filter(([, amount]) => amount > confirmUpload.chargeAmount));
    return this.beyond(session, above, confirm.factor, '$4::bigint', most);
  }

  /** What second persons let go is no surprise from now on. @param jobIds whose charges they looked at */
  async letGo(session: SqlSession, jobIds: readonly string[]): Promise<void> {
    await this.letGoOf(session, 'SELECT * FROM charge WHERE bulk_payment_job_id = ANY ($1)', [jobIds]);
  }

  /** The same of charges that are in no job. @param sql a SELECT of charges */
  async letGoOf(session: SqlSession, sql: string, parameters: readonly unknown[]): Promise<void> {
    await session.execute(
      `INSERT INTO product_let_go (store_product_id, amount)
       SELECT store_product_id, max(amount) FROM (${sql}) AS charge GROUP BY store_product_id ORDER BY store_product_id
       ON CONFLICT (store_product_id) DO UPDATE SET amount = greatest(product_let_go.amount, EXCLUDED.amount)`,
      parameters,
    );
  }

  private async beyond(
    session: SqlSession,
    dearest: Dearest,
    factor: number,
    belowSql: string,
    most: number | null,
  ): Promise<Held[]> {
    if (factor === 0 || dearest.size === 0) return [];
    const { chargeAmount } = this.billing.confirmUpload;
    return session.rows<Held>(
      `WITH lately AS MATERIALIZED (
         SELECT charge.store_product_id, charge.amount
         FROM (SELECT charge_id FROM settlement WHERE refund_id IS NULL AND kind = 'paid'
           ORDER BY position DESC LIMIT ${LOOKED_AT}) AS paid
         JOIN charge ON charge.id = paid.charge_id)
       SELECT asked.product, asked.amount, charged.amount AS charged, product.amount AS price, bound.most
       FROM unnest($1::text[], $2::bigint[]) AS asked (product, amount)
       LEFT JOIN product_let_go ON product_let_go.store_product_id = asked.product
       LEFT JOIN product ON product.store_product_id = asked.product
       LEFT JOIN LATERAL (
         SELECT lately.amount FROM lately WHERE lately.store_product_id = asked.product
         ORDER BY lately.amount DESC OFFSET ${EXAMPLES - 1} LIMIT 1) AS charged ON true
       CROSS JOIN LATERAL (
         SELECT greatest($3 * product_let_go.amount, charged.amount, ${belowSql}) AS most) AS bound
       WHERE asked.amount > bound.most
       ORDER BY asked.amount DESC, asked.product LIMIT $5`,
      [[...dearest.keys()], [...dearest.values()], factor, chargeAmount, most],
    );
  }
}

/** `$3` times what is usual, as far as the sum `$4` that nobody has to know anything of. */
const usualSql = (amountSql: string): string => `least($4::bigint, coalesce($3 * ${amountSql}, $4))`;
const UPLOADED_SQL = usualSql('coalesce(charged.amount, product.amount)');
const PLANNED_SQL = usualSql('charged.amount');

function inWords({ product, amount, charged, price, most }: Held): string {
  const costs = price === null ? '' : `it costs ${wonInWords(Number(price))}, and `;
  const paid = charged === null ? `fewer than ${EXAMPLES} payments of it are known` : paidInWords(charged);
  const what = `a charge of ${wonInWords(Number(amount))} for product ${product}`;
  return `${what}: ${costs}${paid}; up to ${wonInWords(Number(most))} go without a second person`;
}

function paidInWords(charged: string): string {
  return `${wonInWords(Number(charged))} is the most that ${EXAMPLES} payments of it were for`;
}
