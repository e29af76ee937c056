/** One of T store's parts of an amount, which nothing has that another gateway collects. */
const part = (name: string): string => `CASE WHEN subscription.payment_method_id IS NULL
    THEN coalesce(subscription.${name}_override, product.${name}) END AS ${name}`;

/**
 * What a subscription is charged: its own price when it has one, else its product's; amount, carrier_amount,
 * credit_card_amount, tmembership_amount, over `subscription` joined with `product`.
 */
export const CHARGED_AMOUNTS_SQL = `coalesce(subscription.amount_override, product.amount) AS amount,
  ${part('carrier_amount')}, ${part('credit_card_amount')}, ${part('tmembership_amount')}`;
