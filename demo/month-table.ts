import { seoulDateAt } from '../src/kernel/seoul-calendar';
import type { Database } from '../src/platform/database';
import type { Simulator } from '../simulator';
import type { Tally } from './admin-client';
import type { Check, Reckoning } from './reckoning';
import { countText } from './text';

/** What was asked for in a month and what came of it; `retried` is a part of `charged`. */
type MonthFigures = Record<'charged' | 'paid' | 'declined' | 'retried', Tally>;

const COLUMNS = ['charged', 'paid', 'declined', 'retried'] as const;
/** What the gateway's book knows too. */
const BOOKED = ['charged', 'paid', 'declined'] as const;

/** Puts the service's charges together by the month they were sent in, beside the same sums of the gateway's own book. */
export async function reckonMonths(database: Database, simulator: Simulator): Promise<Reckoning> {
  const ours = await chargedMonths(database);
  const book = bookedMonths(simulator);
  const months = [...new Set([...ours.keys(), ...book.keys()])].sort();
  const none = noFigures();
  const rows = months.map((month) => ({ month, own: ours.get(month) ?? none, booked: book.get(month) ?? none }));
  const total = { month: 'total', own: sumOf([...ours.values()]), booked: sumOf([...book.values()]) };
  const lines = [
    heading(),
    ...rows.map(({ month, own, booked }) => line(month, own, booked)),
    line(total.month, total.own, total.booked),
    '',
  ];
  const agree = rows.length > 0 && [...rows, total].every(({ own, booked }) => isSame(own, booked));
  return {
    lines,
    checks: [
      { what: 'every month is what the gateway’s book says, to the won', holds: agree },
      ...(await furtherChecks(database, simulator)),
    ],
  };
}

async function furtherChecks(database: Database, simulator: Simulator): Promise<Check[]> {
  const isEmpty = async (sql: string): Promise<boolean> => (await database.rows(`${sql} LIMIT 1`)).length === 0;
  return [
    {
      what: 'charged = paid + declined: nothing is without an answer, nothing waits for a person',
      holds: await isEmpty(`SELECT FROM charge WHERE NOT EXISTS (SELECT FROM settlement WHERE charge_id = charge.id)`),
    },
    { what: 'no order number was sent twice', holds: (await simulator.control.repeatedOrders()).length === 0 },
    {
      what: 'no period was paid twice',
      holds: await isEmpty(`SELECT FROM settlement WHERE kind = 'paid' AND subscription_id IS NOT NULL
        GROUP BY subscription_id, period_start_on HAVING count(*) > 1`),
    },
    {
      what: 'no active subscription has a billing date behind it that was not billed',
      // On the last day itself somebody may have subscribed after the run.
      holds: await isEmpty(`SELECT FROM subscription
        WHERE state = 'Active' AND next_billing_on < (SELECT max(billing_date) FROM billing_run)`),
    },
  ];
}

interface JobRow {
  sent_at: Date;
  charged: number;
  charged_amount: string;
  paid: number;
  paid_amount: string;
  declined: number;
  declined_amount: string;
  retried: number;
  retried_amount: string;
}

async function chargedMonths(database: Database): Promise<Map<string, MonthFigures>> {
  const tally = (name: string, condition: string): string =>
    `count(*) FILTER (WHERE ${condition})::int AS ${name}, coalesce(sum(charge.amount) FILTER (WHERE ${condition}), 0) AS ${name}_amount`;
  const rows = await database.rows<JobRow>(
    `SELECT job.submission_started_at AS sent_at, ${tally('charged', 'true')}, ${tally('paid', "kind = 'paid'")},
       ${tally('declined', "kind = 'declined'")}, ${tally('retried', 'attempt > 1')}
     FROM bulk_payment_job AS job JOIN charge ON charge.bulk_payment_job_id = job.id
     LEFT JOIN settlement ON settlement.charge_id = charge.id AND settlement.refund_id IS NULL
     WHERE job.submission_started_at IS NOT NULL
     GROUP BY job.id`,
  );
  return byMonth(
    rows.map((row) => ({
      at: row.sent_at,
      charged: { count: row.charged, amount: Number(row.charged_amount) },
      paid: { count: row.paid, amount: Number(row.paid_amount) },
      declined: { count: row.declined, amount: Number(row.declined_amount) },
      retried: { count: row.retried, amount: Number(row.retried_amount) },
    })),
  );
}

function bookedMonths(simulator: Simulator): Map<string, MonthFigures> {
  return byMonth(
    simulator.control.jobs().map(({ acceptedAt, rows, amount, totals }) => ({
      at: new Date(acceptedAt),
      charged: { count: rows, amount },
      paid: { count: totals.chargedCount, amount: totals.chargedAmount },
      declined: { count: totals.declinedCount, amount: totals.declinedAmount },
      // What is a retry the gateway can't know.
      retried: { count: 0, amount: 0 },
    })),
  );
}

function byMonth(jobs: readonly (MonthFigures & { at: Date })[]): Map<string, MonthFigures> {
  const months = new Map<string, MonthFigures>();
  for (const job of jobs) {
    const month = seoulDateAt(job.at).slice(0, 7);
    months.set(month, sumOf([months.get(month) ?? noFigures(), job]));
  }
  return months;
}

function sumOf(figures: readonly MonthFigures[]): MonthFigures {
  const sum = noFigures();
  for (const one of figures) {
    for (const column of COLUMNS) {
      sum[column].count += one[column].count;
      sum[column].amount += one[column].amount;
    }
  }
  return sum;
}

function noFigures(): MonthFigures {
  const none = (): Tally => ({ count: 0, amount: 0 });
  return { charged: none(), paid: none(), declined: none(), retried: none() };
}

function isSame(own: MonthFigures, booked: MonthFigures): boolean {
  return BOOKED.every(
    (column) => own[column].count === booked[column].count && own[column].amount === booked[column].amount,
  );
}

function heading(): string {
  const columns = ['charged (청구)', 'paid', 'declined', 'retries of charged', 'paid by the book'];
  return `  ${''.padEnd(8)}${columns.map((name) => name.padStart(24 - (name.includes('청') ? 2 : 0))).join('')}`;
}

function line(name: string, own: MonthFigures, booked: MonthFigures): string {
  const cells = [own.charged, own.paid, own.declined, own.retried, booked.paid];
  return `  ${name.padEnd(8)}${cells.map(cell).join('')}  ${isSame(own, booked) ? '✔' : '✘'}`;
}

function cell({ count, amount }: Tally): string {
  return `${countText(count).padStart(9)}${countText(amount).padStart(15)}`;
}
