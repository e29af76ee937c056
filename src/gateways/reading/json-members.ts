import { isWon, parseWon, type Won } from '../../kernel/won';
import { LosslessNumber, parseJson } from '../../platform/json';
import { MAX_GATEWAY_ID_LENGTH } from '../limits';

/**
 * Members of a JSON object by name, none of them trusted; unknown ones are simply not asked for. A number that a double
 * would change is a {@link LosslessNumber}.
 */
export type JsonMembers = Readonly<Record<string, unknown>>;

export function isJsonObject(value: unknown): value is JsonMembers {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof LosslessNumber);
}

/** @returns the object a JSON text holds, or `undefined` when it holds anything else */
export function parseJsonObject(bytes: Buffer): JsonMembers | undefined {
  const value = parseJsonText(bytes);
  return isJsonObject(value) ? value : undefined;
}

/** @returns what a JSON text holds, or `undefined` when it is none; a byte order mark before it is no part of it */
export function parseJsonText(bytes: Buffer): unknown {
  try {
    return parseJson(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    return undefined;
  }
}

export function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

/** Printable ASCII; neither of the two that a path resolves away. */
const ID = /^(?!\.{1,2}$)[\x21-\x7e]+$/;

/** Reads an id, which comes as a string or as a whole number; that one digit by digit as it was written: `1.0` is not `1`. */
export function idOf(value: unknown, longest = MAX_GATEWAY_ID_LENGTH): string | undefined {
  const text = isNumber(value) ? wholeNumberText(value) : textOf(value);
  return text !== undefined && text.length <= longest && ID.test(text) ? text : undefined;
}

/** @returns `undefined` for what is no whole number, and for one that a double may have rounded */
function wholeNumberText(value: number | LosslessNumber): string | undefined {
  if (typeof value === 'number') return Number.isSafeInteger(value) ? String(value) : undefined;
  return Number.isInteger(Number(value.toString())) ? value.toString() : undefined;
}

/** Reads a whole number from 0, which comes as a number or as digits. */
export function countOf(value: unknown): number | undefined {
  const count = typeof value === 'string' && /^\d{1,15}$/.test(value) ? Number(value) : amountOf(value);
  return Number.isSafeInteger(count) && (count as number) >= 0 ? Math.abs(count as number) : undefined;
}

/** Reads an amount, which comes as a number or as digits. */
export function wonOf(value: unknown): Won | undefined {
  if (typeof value === 'string') return parseWon(value);
  const amount = amountOf(value);
  return isWon(amount) ? amount : undefined;
}

export function isNumber(value: unknown): value is number | LosslessNumber {
  return typeof value === 'number' || value instanceof LosslessNumber;
}

/** A number as an amount: `1000.0` is 1000, and what a double can't hold is no whole number to those who ask. */
function amountOf(value: unknown): unknown {
  return value instanceof LosslessNumber ? Number(value.toString()) : value;
}

/** Reads an array entry by entry. @returns `undefined` when it is none or one entry can't be read; `[]` when absent */
export function listOf<T>(value: unknown, read: (entry: JsonMembers) => T | undefined): T[] | undefined {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) return undefined;
  const entries: T[] = [];
  for (const each of value as unknown[]) {
    const entry = isJsonObject(each) ? read(each) : undefined;
    if (entry === undefined) return undefined;
    entries.push(entry);
  }
  return entries;
}
