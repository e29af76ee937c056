import type { Members } from '../../shared/http/members';
import { invalid, optionalMembers, reader } from '../http/members';

const USUAL_SIZE = 10;
export const MOST_SIZE = 1000;

/** How many rows are wanted at once. */
export function sizeIn(body: Members): number {
  const size = reader.optionalAmount(body, 'size') ?? USUAL_SIZE;
  if (size < 1 || size > MOST_SIZE) throw invalid('size');
  return size;
}

/** The wanted page of a list, counted from 0. */
export function paged(items: readonly Members[], body: Members): Members {
  const page = optionalMembers(body, 'page') ?? {};
  const number = reader.optionalAmount(page, 'number') ?? 0;
  const size = sizeIn(page);
  return { items: items.slice(number * size, (number + 1) * size), page: { number, size, totalCount: items.length } };
}

/** From the first instant on, and before the second; null is without an end. */
export function isWithin(at: number, from: number | null, until: number | null): boolean {
  return (from === null || at >= from) && (until === null || at < until);
}
