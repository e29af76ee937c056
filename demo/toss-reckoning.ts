import { setTimeout as delay } from 'node:timers/promises';
import type { Simulator } from '../simulator';
import type { AdminClient, Tally } from './admin-client';
import { row, same, type Reckoning } from './reckoning';

const POLL_MS = 100;

interface PaymentAnswer {
  id: string;
  amount: number;
  state: string;
  origin: 'checkout' | 'method';
}

/** What one call collected each, and what was given back of it. */
export interface TossOutcome {
  payments: PaymentAnswer[];
  refund: { state: string; amount: number };
}

/** The latest payment that one call collects; those with greater ids are made after it. */
export async function latestPayment(client: AdminClient): Promise<number> {
  const { items } = await client.read<{ items: PaymentAnswer[] }>('direct-payments?limit=1');
  return Number(items[0]?.id ?? 0);
}

/** Waits until every payment made after another, and a refund, have ended, or time runs out. */
export async function followToss(
  client: AdminClient,
  { after, refundId }: { after: number; refundId: string },
  timeoutMs: number,
): Promise<TossOutcome> {
  const endAt = performance.now() + timeoutMs;
  for (;;) {
    const { items } = await client.read<{ items: PaymentAnswer[] }>('direct-payments?limit=1000');
    const payments = items.filter(({ id }) => Number(id) > after);
    const refund = await client.read<TossOutcome['refund']>(`refunds/${refundId}`);
    const isOver = payments.every(hasEnded) && refund.state === 'Refunded';
    if (isOver || performance.now() > endAt) return { payments, refund };
    await delay(POLL_MS);
  }
}

/** Puts the service's figures together and holds them against Toss's own book, to the won. */
export function reckonToss({ payments, refund }: TossOutcome, { toss }: Simulator): Reckoning {
  const paid = payments.filter(({ state }) => state === 'Paid');
  const declined = payments.filter(({ state }) => state === 'Declined');
  const given = refund.state === 'Refunded' ? [refund] : [];
  const book = toss.bookTotals();
  const [paidTally, givenTally] = [sumOf(paid), sumOf(given)];
  const approved = { count: book.approvedCount, amount: book.approvedAmount };
  const canceled = { count: book.canceledCount, amount: book.canceledAmount };
  return {
    lines: [
      row('asked of cards and in the window', sumOf(payments)),
      row('  paid by registered cards', sumOf(paid.filter(({ origin }) => origin === 'method'))),
      row('  paid in the window', sumOf(paid.filter(({ origin }) => origin === 'checkout'))),
      row('  declined', sumOf(declined)),
      row('given back', givenTally),
      row("approved by Toss's own book", approved),
      row("given back by Toss's own book", canceled),
    ],
    checks: [
      { what: 'every payment ended, paid or declined', holds: payments.length > 0 && payments.every(hasEnded) },
      { what: "paid = what Toss's own book has approved", holds: same(paidTally, approved) },
      { what: "given back = what Toss's own book has given back", holds: same(givenTally, canceled) },
      { what: 'no order number was approved twice', holds: toss.repeatedOrders().length === 0 },
    ],
  };
}

function hasEnded({ state }: PaymentAnswer): boolean {
  return state === 'Paid' || state === 'Declined';
}

function sumOf(all: readonly { amount: number }[]): Tally {
  return { count: all.length, amount: all.reduce((sum, { amount }) => sum + amount, 0) };
}
