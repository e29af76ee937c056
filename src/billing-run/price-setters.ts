import { Injectable } from '@nestjs/common';
import { Approvals, type Person } from '../approval';
import { DearCharges } from '../bulk-payment';
import type { SqlSession } from '../platform/database';

/** Charges that wait for a second person: a SELECT of `charge`. */
interface HeldCharges {
  sql: string;
  parameters: readonly unknown[];
}

/** Who is not the second person for a charge, and what they did. */
interface Setter {
  actor: string;
  did: string;
}

/** Who set the prices for which charges are held: they agree to them no second time. */
@Injectable()
export class PriceSetters {
  constructor(
    private readonly dear: DearCharges,
    private readonly approvals: Approvals,
  ) {}

  /**
   * Refuses who last set the price of a charge that is far too dear, in the catalogue or as the customer's own. Where only the size of
   * a run is unusual, whoever keeps the catalogue may confirm it.
   *
   * @throws {DomainError} `second-person-required`, naming the product or the subscription
   */
  async refuse(session: SqlSession, charges: HeldCharges, by: Person): Promise<void> {
    const charged = await session.rows<{ product: string; amount: string }>(
      `SELECT store_product_id AS product, max(amount) AS amount FROM (${charges.sql}) AS charge GROUP BY store_product_id`,
      charges.parameters,
    );
    const dearest = new Map(charged.map(({ product, amount }) => [product, Number(amount)]));
    const bounds = await this.dear.boundsOf(session, dearest);
    if (bounds.size === 0) return;
    const setters = [
      ...(await this.ofProducts(session, charges, [...bounds.keys()])),
      ...(await this.ofSubscriptions(session, charges, bounds)),
    ];
    // A run may have thousands of such products, whose prices few people set.
    const didBy = new Map(setters.map(({ actor, did }) => [actor, did]));
    for (const [actor, did] of didBy) await this.approvals.assertDidNot(session, actor, did, by);
  }

  /** Who set it last before the charges were made: what somebody sets after that charges nobody of these. */
  private ofProducts(
    session: SqlSession,
    { sql, parameters }: HeldCharges,
    products: readonly string[],
  ): Promise<Setter[]> {
    return session.rows<Setter>(
      `SELECT DISTINCT ON (product.id) entry.actor, 'set the price of product ' || product.store_product_id AS did
       FROM (
         SELECT store_product_id, max(created_at) AS made_at FROM (${sql}) AS charge
         WHERE store_product_id = ANY ($${parameters.length + 1}) GROUP BY store_product_id) AS charged
       JOIN product ON product.store_product_id = charged.store_product_id
       JOIN product_history AS entry ON entry.product_id = product.id AND entry.at <= charged.made_at
       WHERE entry.cause = 'created' OR entry.changes ? 'amount'
       ORDER BY product.id, entry.id DESC`,
      [...parameters, products],
    );
  }

  /** Of the customers' own prices among them as they were when the charges were made, one subscription for each who set some. */
  private ofSubscriptions(
    session: SqlSession,
    { sql, parameters }: HeldCharges,
    bounds: ReadonlyMap<string, number>,
  ): Promise<Setter[]> {
    const own = (index: number): string => `$${parameters.length + index}`;
    return session.rows<Setter>(
      `SELECT DISTINCT ON (entry.actor) entry.actor, 'set the own price of subscription ' || subscription.id AS did
       FROM (${sql}) AS charge
       JOIN unnest(${own(1)}::text[], ${own(2)}::bigint[]) AS bound (product, most)
         ON bound.product = charge.store_product_id AND bound.most < charge.amount
       JOIN subscription ON subscription.id = charge.subscription_id
       CROSS JOIN LATERAL (
         SELECT history.actor, history.changes -> 'amount_override' AS change
         FROM subscription_history AS history
         WHERE history.subscription_id = subscription.id AND history.at <= charge.created_at
           AND (history.from_state IS NULL OR history.changes ? 'amount_override')
         ORDER BY history.id DESC LIMIT 1) AS entry
       LEFT JOIN LATERAL (
         SELECT history.changes -> 'amount_override' AS change FROM subscription_history AS history
         WHERE history.subscription_id = subscription.id AND history.at > charge.created_at
           AND history.changes ? 'amount_override'
         ORDER BY history.id LIMIT 1) AS next ON true
       WHERE CASE
         WHEN entry.change IS NOT NULL THEN entry.change ->> 1 IS NOT NULL
         -- Made with it: what is there now, or what was taken away first.
         WHEN next.change IS NOT NULL THEN next.change ->> 0 IS NOT NULL
         ELSE subscription.amount_override IS NOT NULL END
       ORDER BY entry.actor, subscription.id`,
      [...parameters, [...bounds.keys()], [...bounds.values()]],
    );
  }
}
