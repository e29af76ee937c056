declare const wonBrand: unique symbol;

/**
 * An amount of Korean won: a whole number, never negative, at most {@link MAX_WON}.
 *
 * Won have no fraction, so an integer is exact. Make one with {@link won} or {@link parseWon}; nothing else may claim
 * to be money.
 */
export type Won = number & { readonly [wonBrand]: true };

/** Largest amount that adds, stores and prints exactly: 2^53 - 1, far above any sum of a merchant's year. */
export const MAX_WON = Number.MAX_SAFE_INTEGER;

/**
 * What one charge may ask for, at most. Carriers let nobody spend more than a million won a month on their phone bill, and
 * what goes to a card is a subscription too; ten times that is a typing mistake. And every sum that is ever shown stays
 * below {@link MAX_WON}: 900 million charges at this limit, a million a month for 75 years.
 */
export const MAX_CHARGE_WON = 10_000_000 as Won;

declare const signedWonBrand: unique symbol;

/** Won that come or go: a whole number, negative where they go. What is paid out has such amounts, a payment never. */
export type SignedWon = number & { readonly [signedWonBrand]: true };

/** @returns `undefined` for a fraction, or more than {@link MAX_WON} either way */
export function signedWon(value: unknown): SignedWon | undefined {
  return Number.isSafeInteger(value) && !Object.is(value, -0) ? (value as SignedWon) : undefined;
}

export const ZERO_WON = 0 as Won;

export class InvalidWonError extends RangeError {
  override readonly name = 'InvalidWonError';

  constructor(reason: string) {
    super(`not an amount of won: ${reason}`);
  }
}

export function isWon(value: unknown): value is Won {
  return Number.isSafeInteger(value) && (value as number) >= 0 && !Object.is(value, -0);
}

/** @throws {InvalidWonError} on a fraction, a negative number, or more than {@link MAX_WON}. */
export function won(value: number): Won {
  if (!isWon(value)) throw new InvalidWonError('expected a whole number from 0 to 2^53 - 1');
  return value;
}

const WON_TEXT = /^(?:0|[1-9]\d{0,15})$/;

/**
 * Reads an amount as files and `bigint` columns write it: decimal digits, no sign, no separators, no leading zeros.
 *
 * @returns the amount, or `undefined` when the text is not one.
 */
export function parseWon(text: string): Won | undefined {
  if (!WON_TEXT.test(text)) return undefined;
  const value = Number(text);
  return isWon(value) ? value : undefined;
}

/** Reads a `bigint` column or sum, which the driver hands over as text. @throws {InvalidWonError} */
export function wonFromDatabase(text: string): Won {
  const value = parseWon(text);
  if (value === undefined) throw new InvalidWonError('expected a bigint from the database');
  return value;
}

/** @throws {InvalidWonError} when the sum is above {@link MAX_WON}. */
export function sumWon(amounts: Iterable<Won>): Won {
  let total = 0;
  for (const amount of amounts) total = won(total + amount);
  return total as Won;
}

/**
 * Reads a sum to be shown. Exact up to {@link MAX_WON}, above which no sum of charges within {@link MAX_CHARGE_WON} comes;
 * larger ones of before that limit are rounded, because a report must not fail for what it reports.
 */
export function shownWon(sum: string | number): Won {
  return Number(sum) as Won;
}

/** An amount as people read it: `28,600 won`. */
export function wonInWords(amount: number): string {
  return `${amount.toLocaleString('en-US')} won`;
}
