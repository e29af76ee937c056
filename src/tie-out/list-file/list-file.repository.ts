import { Injectable } from '@nestjs/common';
import type { ListedTransaction } from '../../gateways';
import type { InputFault } from '../../kernel/errors';
import { MAX_REPORTED_FAULTS } from '../../kernel/fault-list';
import { seoulDateAt, type SeoulDate } from '../../kernel/seoul-calendar';
import { wonFromDatabase } from '../../kernel/won';
import { Database, copyInto, copyLine, type SqlSession, type SqlTransaction } from '../../platform/database';
import type { TieOut } from '../tie-out.entity';
import { ListFile } from './list-file.entity';
import type { ListRow } from './list-row';

/** What the rows of a file come to. */
export interface ListFileSums {
  paymentCount: number;
  refundCount: number;
  fromDay: SeoulDate | null;
  toDay: SeoulDate | null;
}

/** What downloaded lists say of one payment. */
export interface PaymentInFiles {
  /** Whether it is one of ours, which is looked up: nobody goes by a file for it. */
  isOurs: boolean;
  /** Whether we have it as paid. */
  isSettled: boolean;
  /** By the latest file that has each. */
  acts: ListedTransaction[];
}

/** The statements of an import: its rows wait in a temporary table until all of them are known to be good. */
@Injectable()
export class ListFileRepository {
  constructor(private readonly database: Database) {}

  async copyRows(session: SqlTransaction, batches: AsyncIterable<readonly ListRow[]>): Promise<void> {
    await session.rows(`
      CREATE TEMPORARY TABLE brought_row (
        line integer, day date, at timestamptz, kind text, status text, transaction_id text, order_no text, act_id text,
        amount bigint, fee bigint, pay_out bigint, paid_out_on date
      ) ON COMMIT DROP`);
    await copyInto(session, 'brought_row', copyText(batches));
  }

  /** What only the rows together show to be wrong: the same thing told twice, and otherwise. */
  async contradictions(session: SqlSession): Promise<InputFault[]> {
    const rows = await session.rows<{ line: number; first: number; kind: string }>(
      `SELECT line, first, kind FROM (
         SELECT line, kind, min(line) OVER one AS first,
           count(*) OVER (PARTITION BY kind, coalesce(act_id, transaction_id), amount, order_no, transaction_id) AS alike,
           count(*) OVER one AS told
         FROM brought_row WHERE kind = 'payment' OR act_id IS NOT NULL
         WINDOW one AS (PARTITION BY kind, CASE kind WHEN 'payment' THEN transaction_id ELSE act_id END)) AS told
       WHERE alike < told AND line > first
       ORDER BY line LIMIT ${MAX_REPORTED_FAULTS}`,
    );
    return rows.map(({ line, first, kind }) => ({
      line,
      expected: `each ${kind} once: line ${first} has this one otherwise`,
    }));
  }

  async sums(session: SqlSession): Promise<ListFileSums> {
    const [sums] = await session.rows<ListFileSums>(
      `SELECT count(*) FILTER (WHERE kind = 'payment')::int AS "paymentCount",
         count(*) FILTER (WHERE kind = 'refund')::int AS "refundCount",
         min(day)::text AS "fromDay", max(day)::text AS "toDay"
       FROM brought_row`,
    );
    return sums ?? { paymentCount: 0, refundCount: 0, fromDay: null, toDay: null };
  }

  /** Keeps the rows: a payment under its id, a refund under its own, or by what it is where the file does not name it. */
  async keepRows(
    session: SqlSession,
    { id, gatewayAccount }: Pick<ListFile, 'id' | 'gatewayAccount'>,
  ): Promise<SeoulDate[]> {
    await session.execute(
      `INSERT INTO list_file_row (list_file_id, line, gateway_account, act_id, is_named, day, at, kind, status, transaction_id,
         order_no, amount, fee, pay_out, paid_out_on)
       SELECT $1, line, $2,
         CASE WHEN kind = 'payment' THEN transaction_id ELSE coalesce(act_id, format('%s~%s~%s~%s', transaction_id,
           extract(epoch FROM at)::bigint, amount, row_number() OVER (PARTITION BY transaction_id, kind, at, amount ORDER BY line))) END,
         kind = 'payment' OR act_id IS NOT NULL, day, at, kind, status, transaction_id, order_no, amount, fee, pay_out, paid_out_on
       FROM brought_row`,
      [id, gatewayAccount],
    );
    const days = await session.rows<{ day: SeoulDate }>(
      'SELECT DISTINCT day::text AS day FROM brought_row ORDER BY day',
    );
    return days.map(({ day }) => day);
  }

  async find(id: string): Promise<ListFile | undefined> {
    return (await this.database.manager.findOneBy(ListFile, { id })) ?? undefined;
  }

  async findSame(
    gatewayAccount: string,
    digest: Buffer,
    session: SqlSession = this.database,
  ): Promise<ListFile | undefined> {
    return (await session.manager.findOneBy(ListFile, { gatewayAccount, digest })) ?? undefined;
  }

  /** Newest first, before an id. */
  list(gatewayAccount: string | undefined, { beforeId, limit }: { beforeId: string | undefined; limit: number }) {
    const query = this.database.manager.createQueryBuilder(ListFile, 'one').orderBy('one.id', 'DESC');
    if (gatewayAccount !== undefined) query.andWhere('one.gatewayAccount = :gatewayAccount', { gatewayAccount });
    if (beforeId !== undefined) query.andWhere('one.id < :beforeId', { beforeId });
    return query.limit(limit).getMany();
  }

  /** What files say of a payment of an account. @returns `undefined`: nothing */
  async ofPayment({ gatewayAccount, gateway }: TieOut, transactionId: string): Promise<PaymentInFiles | undefined> {
    const rows = await this.database.rows<
      Omit<ListedTransaction, 'amount' | 'currency'> & { amount: string; isSettled: boolean; isOurs: boolean }
    >(
      `SELECT act_id AS "actId", transaction_id AS "transactionId", order_no AS "orderNo", kind, status, amount, at, known.*
       FROM (
         SELECT DISTINCT ON (act_id) * FROM list_file_row
         WHERE gateway_account = $1 AND transaction_id = $2
         ORDER BY act_id, list_file_id DESC, line DESC) AS told
       CROSS JOIN LATERAL (
         SELECT EXISTS (SELECT FROM settlement WHERE settlement.transaction_id = $2 AND settlement.gateway = $3
             AND settlement.kind = 'paid') AS "isSettled",
           EXISTS (SELECT FROM order_attempt WHERE gateway_reference = $2)
             OR EXISTS (SELECT FROM charge WHERE charge.order_no = told.order_no AND charge.gateway_account = $1) AS "isOurs"
       ) AS known
       ORDER BY at, act_id`,
      [gatewayAccount, transactionId, gateway],
    );
    if (rows.length === 0) return undefined;
    const isSettled = rows.some((row) => row.isSettled);
    const acts = rows.map(({ isSettled: _settled, isOurs: _ours, amount, ...row }) => ({
      ...row,
      amount: wonFromDatabase(amount),
      currency: 'KRW',
    }));
    return { isSettled, isOurs: isSettled || rows.some((row) => row.isOurs), acts };
  }

  /**
   * Keeps what files say is paid out for a day. A refund that a file does not name is the one of the same payment, day and amount that the
   * gateway has told of, one for one.
   */
  async keepPayouts(session: SqlSession, { gatewayAccount, gateway, day }: TieOut): Promise<void> {
    await session.execute(
      `WITH told AS (
         SELECT *, row_number() OVER (PARTITION BY is_named, kind, transaction_id, amount ORDER BY at, act_id) AS place
         FROM (
           SELECT DISTINCT ON (act_id) * FROM list_file_row
           WHERE gateway_account = $1 AND day = $3 AND fee IS NOT NULL
           ORDER BY act_id, list_file_id DESC, line DESC) AS latest),
       listed AS (
         SELECT act_id, transaction_id, amount,
           row_number() OVER (PARTITION BY transaction_id, amount ORDER BY at, act_id) AS place
         FROM gateway_transaction WHERE gateway_account = $1 AND day = $3 AND kind = 'refund'),
       payout AS (
         SELECT told.*, coalesce(listed.act_id, told.act_id) AS own_id, CASE told.kind WHEN 'refund' THEN -1 ELSE 1 END AS way
         FROM told LEFT JOIN listed ON NOT told.is_named AND told.kind = 'refund'
           AND listed.transaction_id = told.transaction_id AND listed.amount = told.amount AND listed.place = told.place)
       INSERT INTO gateway_settlement (gateway_account, act_id, gateway, kind, transaction_id, order_no, currency, amount, fee,
         pay_out, sold_on, paid_out_on)
       SELECT $1, own_id, $2, kind, transaction_id, order_no, 'KRW', way * amount, way * fee, way * pay_out, day, paid_out_on
       FROM payout
       ON CONFLICT (gateway_account, act_id) DO UPDATE SET kind = excluded.kind, transaction_id = excluded.transaction_id,
         order_no = excluded.order_no, currency = excluded.currency, amount = excluded.amount, fee = excluded.fee,
         pay_out = excluded.pay_out, sold_on = excluded.sold_on, paid_out_on = excluded.paid_out_on`,
      [gatewayAccount, gateway, day],
    );
  }
}

async function* copyText(batches: AsyncIterable<readonly ListRow[]>): AsyncGenerator<string> {
  for await (const batch of batches) yield batch.map(copyRow).join('');
}

function copyRow(row: ListRow): string {
  const { line, at, kind, status, transactionId, orderNo, actId, amount, fee, payOut, paidOutOn } = row;
  return copyLine([
    ...[line, seoulDateAt(at), at.toISOString(), kind, status, transactionId, orderNo, actId],
    ...[amount, fee, payOut, paidOutOn],
  ]);
}
