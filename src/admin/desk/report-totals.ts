import { DAY_KINDS, type Day, type RefundedDay } from './daily-report';
import { shownWon } from '../../kernel/won';
import type { DayView, DaysTotalView, MonthTotalView, ProductMonthView } from './reports.view';
import type { TallyView } from '../frame/tally.view';

const NOTHING: TallyView = { count: 0, amount: 0 };

/** The days on which anything was sent or went back, and all of them added up. */
export function daysViewOf(
  sent: readonly Day[],
  refunds: readonly RefundedDay[],
): { days: DayView[]; balanced: boolean; total: DaysTotalView } {
  const sentOn = new Map(sent.map((day) => [day.day, day]));
  const refundedOn = new Map(refunds.map((day) => [day.day, day]));
  const names = [...new Set([...sentOn.keys(), ...refundedOn.keys()])].sort();
  const days = names.map((day): DayView => {
    const { refunded = NOTHING, reversed = NOTHING } = refundedOn.get(day) ?? {};
    return { ...(sentOn.get(day) ?? idleDay(day)), refunded, reversed };
  });
  const kinds = DAY_KINDS.map((kind) => [kind, added(days.map((day) => day[kind]))] as const);
  return {
    days,
    balanced: days.every(({ balanced }) => balanced),
    total: {
      ...(Object.fromEntries(kinds) as Record<(typeof DAY_KINDS)[number], TallyView>),
      jobs: days.reduce((sum, { jobs }) => sum + jobs, 0),
      ...refundsViewOf(refunds),
    },
  };
}

/** What went back on some days, and what of it, or of days before, was none. */
export function refundsViewOf(days: readonly RefundedDay[]): Pick<DayView, 'refunded' | 'reversed'> {
  return {
    refunded: added(days.map(({ refunded }) => refunded)),
    reversed: added(days.map(({ reversed }) => reversed)),
  };
}

/** A day on which nothing was sent. */
function idleDay(day: string): Omit<DayView, 'refunded' | 'reversed'> {
  const numbers = Object.fromEntries(DAY_KINDS.map((kind) => [kind, NOTHING]));
  return { day, jobs: 0, ...(numbers as Record<(typeof DAY_KINDS)[number], TallyView>), balanced: true };
}

export function monthTotalOf(months: readonly ProductMonthView[]): MonthTotalView {
  return {
    collected: added(
      months.map(({ collected }) => collected),
      METHODS,
    ),
    declined: added(months.map(({ declined }) => declined)),
    refunded: {
      ...added(
        months.map(({ refunded }) => refunded),
        [...METHODS, 'undividedAmount'],
      ),
      full: added(months.map(({ refunded }) => refunded.full)),
      part: added(months.map(({ refunded }) => refunded.part)),
    },
    reversed: added(months.map(({ reversed }) => reversed)),
    netAmount: months.reduce((sum, { netAmount }) => sum + netAmount, 0),
  };
}

const METHODS = ['carrierAmount', 'creditCardAmount', 'tmembershipAmount', 'otherAmount'] as const;

/** Counts, won and other members added up. */
function added<Name extends string = never>(
  rows: readonly (TallyView & Record<Name, number>)[],
  others: readonly Name[] = [],
): TallyView & Record<Name, number> {
  const names = ['count', 'amount', ...others] as const;
  const sums = names.map((name) => [name, shownWon(rows.reduce((sum, row) => sum + row[name as Name], 0))]);
  return Object.fromEntries(sums) as TallyView & Record<Name, number>;
}
