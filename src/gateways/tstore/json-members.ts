import { isWon, parseWon, type Won } from '../../kernel/won';

/** Members of a JSON object by name, none of them trusted; unknown ones are simply not asked for. */
export type JsonMembers = Readonly<Record<string, unknown>>;

export function isJsonObject(value: unknown): value is JsonMembers {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** @returns the object a JSON text holds, or `undefined` when it holds anything else */
export function parseJsonObject(bytes: Buffer): JsonMembers | undefined {
  try {
    const value: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
    return isJsonObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

export function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

/** Longer than any id in the gateway's samples, and short enough to store and show. */
const MAX_ID_LENGTH = 128;

/** Printable ASCII; neither of the two that a path resolves away. */
const ID = /^(?!\.{1,2}$)[\x21-\x7e]+$/;

/** Reads an id, which comes as a string or as a number; a number too large to be exact is none. */
export function idOf(value: unknown): string | undefined {
  const text = typeof value === 'number' && Number.isSafeInteger(value) ? String(value) : textOf(value);
  return text !== undefined && text.length <= MAX_ID_LENGTH && ID.test(text) ? text : undefined;
}

/** Reads a whole number from 0, which comes as a number or as digits. */
export function countOf(value: unknown): number | undefined {
  const count = typeof value === 'string' && /^\d{1,15}$/.test(value) ? Number(value) : value;
  return Number.isSafeInteger(count) && (count as number) >= 0 ? Math.abs(count as number) : undefined;
}

/** Reads an amount, which comes as a number or as digits. */
export function wonOf(value: unknown): Won | undefined {
  if (typeof value === 'string') return parseWon(value);
  return isWon(value) ? value : undefined;
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
