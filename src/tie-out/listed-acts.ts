import type { ListedPayout, ListedTransaction } from '../gateways';
import { seoulDateAt, startOfSeoulDay, type SeoulDate } from '../kernel/seoul-calendar';
import type { SqlSession } from '../platform/database';

/** Whose list it is, and the first of its days, for what says none itself. */
interface ListOf {
  gateway: string;
  gatewayAccount: string;
  fromDay: SeoulDate;
}

/** Keeps a page of transactions: each row once, as the gateway has it now. @returns the days of what was new, or is otherwise now */
export async function keepTransactions(
  session: SqlSession,
  of: ListOf,
  rows: readonly ListedTransaction[],
): Promise<SeoulDate[]> {
  const acts = rows.map(({ at, ...row }) => {
    const instant = at ?? startOfSeoulDay(of.fromDay);
    return { ...row, at: instant.toISOString(), day: seoulDateAt(instant) };
  });
  const changed = await session.rows<{ day: SeoulDate }>(
    `INSERT INTO gateway_transaction AS kept (gateway_account, act_id, gateway, day, at, kind, status, transaction_id, order_no,
       amount, currency)
     SELECT DISTINCT ON ("actId") $1, "actId", $2, day, at, kind, status, "transactionId", "orderNo", amount, currency
     FROM jsonb_to_recordset($3::jsonb) AS row ("actId" text, day date, at timestamptz, kind text, status text,
       "transactionId" text, "orderNo" text, amount bigint, currency text)
     ON CONFLICT (gateway_account, act_id) DO UPDATE SET day = excluded.day, at = excluded.at, kind = excluded.kind,
       status = excluded.status, transaction_id = excluded.transaction_id, order_no = excluded.order_no,
       amount = excluded.amount, currency = excluded.currency
     WHERE (kept.day, kept.at, kept.kind, kept.status, kept.transaction_id, kept.order_no, kept.amount, kept.currency)
       IS DISTINCT FROM (excluded.day, excluded.at, excluded.kind, excluded.status, excluded.transaction_id,
         excluded.order_no, excluded.amount, excluded.currency)
     RETURNING day::text`,
    [of.gatewayAccount, of.gateway, JSON.stringify(acts)],
  );
  return [...new Set(changed.map(({ day }) => day))].sort();
}

/**
 * Keeps all that happened to one payment, as the gateway tells it now: what it tells no more is gone.
 *
 * @returns the days of what was new, or is otherwise now, or gone
 */
export async function keepPayment(
  session: SqlSession,
  of: ListOf,
  transactionId: string,
  rows: readonly ListedTransaction[],
): Promise<SeoulDate[]> {
  const gone = await session.rows<{ day: SeoulDate }>(
    `WITH gone AS (
       DELETE FROM gateway_transaction WHERE gateway_account = $1 AND transaction_id = $2 AND act_id <> ALL ($3) RETURNING day)
     SELECT DISTINCT day::text FROM gone`,
    [of.gatewayAccount, transactionId, rows.map(({ actId }) => actId)],
  );
  const kept = await keepTransactions(session, of, rows);
  return [...new Set([...gone.map(({ day }) => day), ...kept])].sort();
}

/** The same of a page of what is paid out. */
export async function keepPayouts(session: SqlSession, of: ListOf, rows: readonly ListedPayout[]) {
  const payouts = rows.map((row) => ({ ...row, soldOn: row.soldOn ?? of.fromDay }));
  await session.execute(
    `INSERT INTO gateway_settlement (gateway_account, act_id, gateway, kind, transaction_id, order_no, currency, amount, fee,
       pay_out, sold_on, paid_out_on)
     SELECT DISTINCT ON ("actId") $1, "actId", $2, kind, "transactionId", "orderNo", currency, amount, fee, "payOut",
       "soldOn", "paidOutOn"
     FROM jsonb_to_recordset($3::jsonb) AS row ("actId" text, kind text, "transactionId" text, "orderNo" text,
       currency text, amount bigint, fee bigint, "payOut" bigint, "soldOn" date, "paidOutOn" date)
     ON CONFLICT (gateway_account, act_id) DO UPDATE SET kind = excluded.kind, transaction_id = excluded.transaction_id,
       order_no = excluded.order_no, currency = excluded.currency, amount = excluded.amount, fee = excluded.fee,
       pay_out = excluded.pay_out, sold_on = excluded.sold_on, paid_out_on = excluded.paid_out_on`,
    [of.gatewayAccount, of.gateway, JSON.stringify(payouts)],
  );
}
