import { Injectable } from '@nestjs/common';
import { DirectPayments, type DepositAccount } from '../direct-payment';
import { Database } from '../platform/database';
import { paymentsOf, type OrderHistory } from './order.entity';
import { OrderRepository } from './order.repository';

/** What is known of an order, and is held against what the database has. */
export interface KnownOrder {
  readonly id: string;
  /** The id of the latest entry of its history that is known. */
  readonly entryId: string;
  /** Whether a deposit is known to have come; `undefined` where it waits for none. */
  readonly deposited: boolean | undefined;
}

export type OrderEntry = Pick<OrderHistory, 'id' | 'toState' | 'cause' | 'reason'>;

/** An order as its history tells it. */
export interface OrderAsRead {
  /** The first one first. */
  readonly entries: readonly OrderEntry[];
  /** Where the customer is to pay, while it waits for that. */
  readonly deposit: DepositAccount | undefined;
}

/** Reads what has become of orders that somebody follows. */
@Injectable()
export class OrderChanges {
  constructor(
    private readonly orders: OrderRepository,
    private readonly payments: DirectPayments,
    private readonly database: Database,
  ) {}

  /**
   * Which of these have changed: one statement, however many they are. By order and not by one position of all of them: entries of
   * different orders are committed in another order than they are numbered; those of one are not, for who appends has its row.
   */
  async among(known: readonly KnownOrder[]): Promise<string[]> {
    const changed = await this.database.rows<{ id: string }>(
      `SELECT known.id::text AS id
       FROM unnest($1::bigint[], $2::bigint[], $3::boolean[]) AS known (id, entry_id, deposited)
       CROSS JOIN LATERAL (
         SELECT entry.id FROM customer_order_history AS entry
         WHERE entry.order_id = known.id ORDER BY entry.id DESC LIMIT 1) AS latest
       WHERE latest.id > known.entry_id
         OR known.deposited IS NOT NULL AND known.deposited IS DISTINCT FROM (
           SELECT account.deposited_at IS NOT NULL
           FROM order_attempt AS attempt JOIN deposit_account AS account USING (direct_payment_id)
           WHERE attempt.order_id = known.id ORDER BY account.direct_payment_id DESC LIMIT 1)`,
      [known.map(({ id }) => id), known.map(({ entryId }) => entryId), known.map(({ deposited }) => deposited ?? null)],
    );
    return changed.map(({ id }) => id);
  }

  /** Orders as they are now, by their ids. */
  async read(ids: readonly string[]): Promise<Map<string, OrderAsRead>> {
    const rows = await this.database.rows<OrderEntry & { orderId: string }>(
      `SELECT order_id::text AS "orderId", id::text AS id, to_state AS "toState", cause, reason FROM customer_order_history
       WHERE order_id = ANY ($1::bigint[]) ORDER BY order_id, id`,
      [ids],
    );
    const entriesOf = new Map<string, OrderEntry[]>();
    for (const { orderId, ...entry } of rows) {
      const entries = entriesOf.get(orderId);
      if (entries === undefined) entriesOf.set(orderId, [entry]);
      else entries.push(entry);
    }
    const read = new Map<string, OrderAsRead>();
    for (const [id, entries] of entriesOf) {
      const isAwaiting = entries.at(-1)?.toState === 'AwaitingDeposit';
      read.set(id, { entries, deposit: isAwaiting ? await this.depositOf(id) : undefined });
    }
    return read;
  }

  private async depositOf(id: string): Promise<DepositAccount | undefined> {
    return this.payments.depositAccountOf(paymentsOf(await this.orders.attempts(id)));
  }
}
