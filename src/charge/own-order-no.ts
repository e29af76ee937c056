/**
 * The order numbers given here: by billing runs, `B20270131-42-1` (period, subscription, attempt), and by the payment windows of orders,
 * `O13-1-eb65…` (order, attempt, unguessed). They are theirs alone: an upload that took one would stand in the way of a charge that is
 * not made yet.
 */
export const OWN_ORDER_NOS = [
  {
    prefix: 'B',
    shape: /^B\d{8}-\d+-\d+$/,
    expected: 'an order number not of the shape B<8 digits>-<digits>-<digits>, which billing runs give',
  },
  {
    prefix: 'O',
    shape: /^O\d+-\d+-[0-9a-f]+$/,
    expected: 'an order number not of the shape O<digits>-<digits>-<hexadecimal digits>, which orders give',
  },
];

/**
 * The order numbers of that shape that were uploaded all the same, before they were reserved: a SELECT of order_no,
 * subscription_id, whose charge it would be, and job_id, which took it. An index holds the few there are.
 */
export const TAKEN_ORDER_NOS_SQL = `
  SELECT order_no, split_part(order_no, '-', 2)::bigint AS subscription_id, bulk_payment_job_id AS job_id FROM charge
  WHERE charge.subscription_id IS NULL AND order_no LIKE 'B%' AND order_no ~ '^B[0-9]{8}-[0-9]{1,18}-[0-9]{1,4}$'`;
