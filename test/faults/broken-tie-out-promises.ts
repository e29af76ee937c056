import type { Client } from 'pg';
import { seoulDateAt } from '../../src/kernel/seoul-calendar';

const DAY_MS = 24 * 60 * 60_000;

/**
 * Looks whether the day that is over was compared with what Toss and KakaoPay have of it, and found as they have it. Only what somebody gave back in
 * a gateway's console may differ, and only between the parts it was given back in: as a sum it is held against the book elsewhere; and a
 * payment of which people were told that the bank has taken its deposit back, or that it ended unpaid here.
 *
 * @returns one sentence for each breach
 */
export async function brokenTieOutPromises(
  database: Client,
  accounts: readonly string[],
  now: Date,
): Promise<string[]> {
  const yesterday = seoulDateAt(new Date(now.getTime() - DAY_MS));
  const { rows: tied } = await database.query<{ account: string }>(
    `SELECT gateway_account AS account FROM tie_out WHERE day = $1 AND finished_at IS NOT NULL`,
    [yesterday],
  );
  const untied = accounts.filter((one) => !tied.some(({ account }) => account === one));
  const { rows: differing } = await database.query<{ what: string }>(
    `SELECT concat_ws(' ', kind, movement, order_no, 'ours', our_state, our_amount, 'theirs', their_state, their_amount) AS what
     FROM tie_out_difference AS one
     WHERE state = 'Open' AND NOT (movement = 'refund' AND EXISTS (
       SELECT FROM refund WHERE refund.transaction_id = one.transaction_id AND refund.gateway = one.gateway AND refund.outside))
       AND NOT EXISTS (SELECT FROM line_stop
         WHERE kind IN ('deposit-taken-back', 'paid-after-all') AND evidence ->> 'orderNo' = one.order_no)
       -- It came and was taken back within the day, before it counted: whoever reads the difference is told.
       AND NOT (movement = 'payment' AND kind = 'state' AND our_state = 'Awaited')`,
  );
  return [
    ...untied.map((account) => `${yesterday} of ${account} was never compared with what the gateway has`),
    ...differing.map(({ what }) => `the gateway’s lists differ: ${what}`),
  ];
}
