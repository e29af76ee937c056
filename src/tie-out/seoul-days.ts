import { seoulDateAt, startOfSeoulDay, type SeoulDate } from '../kernel/seoul-calendar';
import { secondsAfter } from '../platform/clock';

const DAY_SECONDS = 86_400;

/** The day so many days after another, or before it. */
export function dayBeside(day: SeoulDate, days: number): SeoulDate {
  return seoulDateAt(secondsAfter(startOfSeoulDay(day), days * DAY_SECONDS));
}
