/** First and last day of the hundred years that the billing calendar is tested over, and room for an interval after. */
const FIRST_DAY = '2026-01-01';
const YEARS = 111;

/**
 * The calendar as a list, made by walking from day to day with the machine's own calendar: the days of each month from
 * January 2026 on. It knows no rule about month lengths or leap years, so it can't share a mistake with code that does.
 */
export const MONTHS: readonly (readonly string[])[] = daysByMonth();

/** Months of a hundred years. */
export const CENTURY_MONTHS = 1_200;

function daysByMonth(): string[][] {
  const months: string[][] = [];
  const day = new Date(`${FIRST_DAY}T00:00:00Z`);
  const end = day.getUTCFullYear() + YEARS;
  while (day.getUTCFullYear() < end) {
    if (day.getUTCDate() === 1) months.push([]);
    months.at(-1)?.push(day.toISOString().slice(0, 10));
    day.setTime(day.getTime() + 86_400_000);
  }
  return months;
}

/** The day of a month that an anchor falls on: the anchor-th, or the last. @param month counted from January 2026 */
export function anchorDayIn(month: number, anchorDay: number): string {
  const days = MONTHS[month] as readonly string[];
  return (days[anchorDay - 1] ?? days.at(-1)) as string;
}

/** All billing days of a subscription until the century is over, and the one after. */
export function billingDays(firstMonth: number, intervalMonths: number, anchorDay: number): string[] {
  const days: string[] = [];
  for (let month = firstMonth; month < CENTURY_MONTHS + intervalMonths; month += intervalMonths) {
    if (month < MONTHS.length) days.push(anchorDayIn(month, anchorDay));
  }
  return days;
}
