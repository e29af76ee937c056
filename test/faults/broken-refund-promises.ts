import type { Client } from 'pg';
import type { BookEntry } from '../../simulator/tstore/book';

/** A refund of ours, with its charge and what the settlement log has of it. */
interface OurRefund {
  id: string;
  orderNo: string;
  paid: number;
  amount: number;
  state: string;
  /** Nothing is looked at any more: a person decides, and is shown that they must. */
  waitsForPerson: boolean;
  entries: number;
  logged: number;
  timesSent: number;
}

/**
 * Holds the refunds of our database against the gateway's book, to the won, when everything has come to rest: what it gave
 * back is what we say it did, each refund once.
 *
 * @returns one sentence for each breach
 */
export async function brokenRefundPromises(
  database: Client,
  book: ReadonlyMap<string, readonly BookEntry[]>,
): Promise<string[]> {
  const refunds = await ourRefunds(database);
  const ofOrder = new Map<string, OurRefund[]>();
  for (const refund of refunds) ofOrder.set(refund.orderNo, [...(ofOrder.get(refund.orderNo) ?? []), refund]);
  const given = [...book.values()].flat().filter((entry) => entry.refunds.length > 0);
  const orders = new Set([...ofOrder.keys(), ...given.map((entry) => entry.orderNo)]);
  return [
    ...refunds.flatMap(breachesOf),
    ...[...orders].flatMap((orderNo) => differences(orderNo, ofOrder.get(orderNo) ?? [], book.get(orderNo)?.[0])),
  ];
}

function breachesOf(refund: OurRefund): string[] {
  const name = `refund ${refund.id} of order ${refund.orderNo}`;
  const isOver = ['Refunded', 'Failed', 'Canceled'].includes(refund.state) || refund.waitsForPerson;
  const entries = refund.state === 'Refunded' ? 1 : 0;
  return [
    ...(isOver ? [] : [`${name} is ${refund.state} for ever`]),
    ...(refund.timesSent > 1
      ? [`${name} was sent ${refund.timesSent} times without the gateway’s clear no in between`]
      : []),
    ...(refund.entries !== entries || refund.logged !== entries * refund.amount
      ? [`${name} is ${refund.state}, and the settlement log has it ${refund.entries} times with ${refund.logged} won`]
      : []),
  ];
}

/** What a person still has to find out may have been given back or not; everything else is known. */
function differences(orderNo: string, refunds: readonly OurRefund[], entry: BookEntry | undefined): string[] {
  const theirs = (entry?.refunds ?? []).map(({ amount }) => amount).sort();
  const sum = theirs.reduce((total, amount) => total + amount, 0);
  const tooMuch =
    sum > (refunds[0]?.paid ?? 0) ? [`of order ${orderNo} ${sum} won were given back, more than paid`] : [];
  if (refunds.some(({ waitsForPerson }) => waitsForPerson)) return tooMuch;
  const ours = refunds
    .filter(({ state }) => state === 'Refunded')
    .map(({ amount }) => amount)
    .sort();
  if (String(ours) === String(theirs)) return tooMuch;
  return [
    ...tooMuch,
    `of order ${orderNo} we gave back ${ours.join(' and ') || 'nothing'}, by the gateway’s book ${theirs.join(' and ') || 'nothing'}`,
  ];
}

async function ourRefunds(database: Client): Promise<OurRefund[]> {
  const { rows } = await database.query<OurRefund>(`
    SELECT refund.id, charge.order_no AS "orderNo", paid.amount::float8 AS paid, refund.amount::float8 AS amount,
      refund.state, refund.state = 'Unknown' AND refund.next_attempt_at IS NULL AS "waitsForPerson",
      (SELECT count(*)::int FROM settlement WHERE refund_id = refund.id) AS entries,
      (SELECT coalesce(sum(amount), 0)::float8 FROM settlement WHERE refund_id = refund.id) AS logged,
      (SELECT (count(*) FILTER (WHERE to_state = 'Refunding') - count(*) FILTER (WHERE to_state = 'Requested'
        AND from_state = 'Refunding'))::int FROM refund_history WHERE refund_id = refund.id) AS "timesSent"
    FROM refund
    JOIN charge ON charge.id = refund.charge_id
    JOIN settlement AS paid ON paid.charge_id = charge.id AND paid.refund_id IS NULL
    ORDER BY refund.id`);
  return rows;
}
