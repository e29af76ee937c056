/**
 * What a subscription is charged: its own price when it has one, else its product's; amount, carrier_amount,
 * credit_card_amount, tmembership_amount, over `subscription` joined with `product`.
 */
export const CHARGED_AMOUNTS_SQL = `coalesce(subscription.amount_override, product.amount) AS amount,
  coalesce(subscription.carrier_amount_override, product.carrier_amount) AS carrier_amount,
  coalesce(subscription.credit_card_amount_override, product.credit_card_amount) AS credit_card_amount,
  coalesce(subscription.tmembership_amount_override, product.tmembership_amount) AS tmembership_amount`;
