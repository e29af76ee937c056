import type { Client } from 'pg';
import type { KakaoPayControl, TossControl } from '../../simulator';
import type { GatewayName } from '../../src/gateways';

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
  /** The gateway made it without us: what it gave back in parts may be one here. */
  isOutside: boolean;
  timesSent: number;
}

/** What a gateway's book has of an order number. */
interface GivenBack {
  orderNo: string;
  refunds: readonly { amount: number }[];
}

/** A gateway's book, as refunds are held against it; of an order that it denied and that people were told of, they see to it. */
export function givenBackBy(
  gateway: TossControl | KakaoPayControl,
  denied: ReadonlySet<string>,
): Map<string, GivenBack[]> {
  return new Map(
    gateway
      .bookEntries()
      .flatMap(({ orderId: orderNo, approvals, cancels: refunds }) =>
        approvals > 0 && !denied.has(orderNo) ? [[orderNo, [{ orderNo, refunds }]]] : [],
      ),
  );
}

/**
 * Holds the refunds of our database at one gateway against its book, to the won, when everything has come to rest: what it gave
 * back is what we say it did, each refund once.
 *
 * @returns one sentence for each breach
 */
export async function brokenRefundPromises(
  database: Client,
  gateway: GatewayName,
  book: ReadonlyMap<string, readonly GivenBack[]>,
): Promise<string[]> {
  const refunds = await ourRefunds(database, gateway);
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
  const isOver = ['Refunded', 'Failed', 'Canceled', 'Reversed'].includes(refund.state) || refund.waitsForPerson;
  const entries = { Refunded: 1, Reversed: 2 }[refund.state] ?? 0;
  const given = refund.state === 'Refunded' ? refund.amount : 0;
  return [
    ...(isOver ? [] : [`${name} is ${refund.state} for ever`]),
    ...(refund.timesSent > 1
      ? [`${name} was sent ${refund.timesSent} times without the gateway’s clear no in between`]
      : []),
    ...(refund.entries !== entries || refund.logged !== given
      ? [`${name} is ${refund.state}, and the settlement log has it ${refund.entries} times with ${refund.logged} won`]
      : []),
  ];
}

/** What a person still has to find out may have been given back or not; everything else is known. */
function differences(orderNo: string, refunds: readonly OurRefund[], entry: GivenBack | undefined): string[] {
  const theirs = (entry?.refunds ?? []).map(({ amount }) => amount).sort();
  const sum = theirs.reduce((total, amount) => total + amount, 0);
  const tooMuch =
    sum > (refunds[0]?.paid ?? 0) ? [`of order ${orderNo} ${sum} won were given back, more than paid`] : [];
  if (refunds.some(({ waitsForPerson }) => waitsForPerson)) return tooMuch;
  const ours = refunds
    .filter(({ state }) => state === 'Refunded')
    .map(({ amount }) => amount)
    .sort();
  const given = ours.reduce((total, amount) => total + amount, 0);
  if (refunds.some(({ isOutside }) => isOutside) ? given === sum : String(ours) === String(theirs)) return tooMuch;
  return [
    ...tooMuch,
    `of order ${orderNo} we gave back ${ours.join(' and ') || 'nothing'}, by the gateway’s book ${theirs.join(' and ') || 'nothing'}`,
  ];
}

async function ourRefunds(database: Client, gateway: GatewayName): Promise<OurRefund[]> {
  const sql = `
    SELECT refund.id, charge.order_no AS "orderNo", paid.amount::float8 AS paid, refund.amount::float8 AS amount,
      refund.state, refund.state = 'Unknown' AND refund.next_attempt_at IS NULL AS "waitsForPerson",
      refund.outside AS "isOutside", (SELECT count(*)::int FROM settlement WHERE refund_id = refund.id) AS entries,
      (SELECT coalesce(sum(CASE kind WHEN 'refund-reversed' THEN -amount ELSE amount END), 0)::float8 FROM settlement
        WHERE refund_id = refund.id) AS logged,
      (SELECT (count(*) FILTER (WHERE to_state = 'Refunding') - count(*) FILTER (WHERE to_state = 'Requested'
        AND from_state = 'Refunding'))::int FROM refund_history WHERE refund_id = refund.id) AS "timesSent"
    FROM refund
    JOIN charge ON charge.id = refund.charge_id
    JOIN settlement AS paid ON paid.charge_id = charge.id AND paid.refund_id IS NULL
    WHERE charge.gateway = $1
    ORDER BY refund.id`;
  return (await database.query<OurRefund>(sql, [gateway])).rows;
}
