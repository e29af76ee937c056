declare const seoulDateBrand: unique symbol;

/** A calendar day in Seoul, written `YYYY-MM-DD`; so written, days sort as text. */
export type SeoulDate = string & { readonly [seoulDateBrand]: true };

/** The zone all billing days are counted in. The only place that names it. */
export const SEOUL_TIME_ZONE = 'Asia/Seoul';

/** The day of the month a subscription bills on, 1 to 31; shorter months bill on their last day. */
export type AnchorDay = number;

const DATE_TEXT = /^(\d{4})-(\d{2})-(\d{2})$/;

/** @returns the day, or `undefined` when the text is no day of the calendar (`2026-02-30` is none). */
export function parseSeoulDate(text: string): SeoulDate | undefined {
  const match = DATE_TEXT.exec(text);
  if (!match) return undefined;
  const [year, month, day] = [Number(match[1]), Number(match[2]), Number(match[3])];
  if (year < 1 || month < 1 || month > 12 || day < 1 || day > daysInMonth(year, month)) return undefined;
  return text as SeoulDate;
}

/** What a day is that somebody states: far from both ends of the calendar, so that months can be counted on from it. */
export const STATED_DAY = 'a calendar day as YYYY-MM-DD, from 2000 on and before 3000';

/** @returns the day, or `undefined` when the text is none that anybody can mean here */
export function parseStatedDate(text: string): SeoulDate | undefined {
  return text.startsWith('2') ? parseSeoulDate(text) : undefined;
}

/** @throws {RangeError} when the text is no day of the calendar. */
export function seoulDate(text: string): SeoulDate {
  const date = parseSeoulDate(text);
  if (date === undefined) throw new RangeError(`not a calendar day (YYYY-MM-DD): ${text}`);
  return date;
}

const seoulDay = new Intl.DateTimeFormat('en-CA', {
  timeZone: SEOUL_TIME_ZONE,
  year: 'numeric',
  month: '2-digit',
  day: '2-digit',
});

/** The day it is in Seoul at an instant, whatever zone the machine keeps. */
export function seoulDateAt(instant: Date): SeoulDate {
  return seoulDate(seoulDay.format(instant));
}

/**
 * The billing day `months` months after the month of `from`, on the anchor day or the month's last day.
 *
 * Always counted from the anchor, so a short month is not remembered: 31 Jan, 28 Feb, **31** Mar.
 *
 * @param months whole months, 0 or more
 * @throws {RangeError} on an anchor outside 1 to 31 or a negative or broken number of months
 */
export function billingDateAfter(from: SeoulDate, months: number, anchorDay: AnchorDay): SeoulDate {
  if (!Number.isInteger(anchorDay) || anchorDay < 1 || anchorDay > 31) {
    throw new RangeError(`anchor day must be 1 to 31: ${anchorDay}`);
  }
  if (!Number.isInteger(months) || months < 0) throw new RangeError(`months must be a whole number: ${months}`);
  const monthIndex = monthIndexOf(from) + months;
  const targetYear = Math.floor(monthIndex / 12);
  const targetMonth = (monthIndex % 12) + 1;
  return seoulDateOf(targetYear, targetMonth, Math.min(anchorDay, daysInMonth(targetYear, targetMonth)));
}

/**
 * The first of the billing days `from`, `from` + 1 interval, `from` + 2 intervals … that is not before `earliest`.
 *
 * @param from a billing day of the same anchor
 * @param intervalMonths whole months, 1 or more
 */
export function billingDateNotBefore(
  earliest: SeoulDate,
  from: SeoulDate,
  intervalMonths: number,
  anchorDay: AnchorDay,
): SeoulDate {
  if (!Number.isInteger(intervalMonths) || intervalMonths < 1) {
    throw new RangeError(`an interval is whole months, 1 or more: ${intervalMonths}`);
  }
  if (from >= earliest) return from;
  // The last billing day not after the earliest day's month; it may still be some days too early.
  const intervals = Math.max(1, Math.floor(monthsBetween(from, earliest) / intervalMonths));
  const date = billingDateAfter(from, intervals * intervalMonths, anchorDay);
  return date >= earliest ? date : billingDateAfter(from, (intervals + 1) * intervalMonths, anchorDay);
}

const DAY_MS = 86_400_000;

/** How many days after `from` the day `to` is; a day is 0 days after itself. */
export function daysBetween(from: SeoulDate, to: SeoulDate): number {
  return (Date.parse(`${to}T00:00:00Z`) - Date.parse(`${from}T00:00:00Z`)) / DAY_MS;
}

function monthsBetween(from: SeoulDate, to: SeoulDate): number {
  return monthIndexOf(to) - monthIndexOf(from);
}

function monthIndexOf(date: SeoulDate): number {
  const [year, month] = date.split('-', 2).map(Number) as [number, number];
  return year * 12 + (month - 1);
}

/** Days of a month, leap years of the Gregorian calendar included. @param month 1 to 12 */
export function daysInMonth(year: number, month: number): number {
  if (month === 2) return isLeapYear(year) ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}

function isLeapYear(year: number): boolean {
  return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
}

function seoulDateOf(year: number, month: number, day: number): SeoulDate {
  return seoulDate(
    `${String(year).padStart(4, '0')}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`,
  );
}

const COMPACT_INSTANT = /^(\d{4})(\d{2})(\d{2})(\d{2})(\d{2})(\d{2})$/;

/**
 * Reads `yyyyMMddHHmmss` as a Seoul wall-clock time.
 *
 * @returns the instant, or `undefined` when the text is no such time.
 */
export function parseSeoulInstant(text: string): Date | undefined {
  const match = COMPACT_INSTANT.exec(text);
  if (!match) return undefined;
  const [, year, month, day, hour, minute, second] = match;
  if (parseSeoulDate(`${year}-${month}-${day}`) === undefined) return undefined;
  if (Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59) return undefined;
  // Seoul has kept +09:00 without summer time since 1988; older instants do not occur on this wire.
  const instant = new Date(`${year}-${month}-${day}T${hour}:${minute}:${second}+09:00`);
  return Number.isNaN(instant.getTime()) ? undefined : instant;
}

/** The instant a day begins in Seoul. */
export function startOfSeoulDay(date: SeoulDate): Date {
  return new Date(`${date}T00:00:00+09:00`);
}

const SEOUL_OFFSET_MS = 9 * 3_600_000;

/** An instant as ISO 8601 by Seoul's clocks with their offset: so written, its first ten characters are Seoul's day. */
export function seoulTimestamp(instant: Date): string {
  return `${new Date(instant.getTime() + SEOUL_OFFSET_MS).toISOString().slice(0, -1)}+09:00`;
}

/** A stretch of time, `from` included and `until` not; open where one is left out. */
export interface TimeRange {
  from?: Date | undefined;
  until?: Date | undefined;
}

/** From the beginning of one Seoul day to the end of another; the same day is a day. */
export function daysInSeoul(from: SeoulDate | undefined, to: SeoulDate | undefined): TimeRange {
  return {
    from: from && startOfSeoulDay(from),
    until: to && new Date(startOfSeoulDay(to).getTime() + DAY_MS),
  };
}
