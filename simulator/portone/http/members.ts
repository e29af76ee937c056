import { MemberReader, membersOf, type Members } from '../../shared/http/members';
import { PortOneRefusal } from '../error-types';

export function invalid(name: string): PortOneRefusal {
  return new PortOneRefusal('INVALID_REQUEST', name);
}

export const reader = new MemberReader(invalid);

/** The part of the path that names a payment. */
export function paymentIdIn(parameters: readonly string[]): string {
  const [id = ''] = parameters;
  if (id === '' || id.length > 200) throw invalid('paymentId');
  return id;
}

/** An object, if it is there. */
export function optionalMembers(body: Members, name: string): Members | null {
  const value = body[name];
  if (value === undefined || value === null) return null;
  const members = membersOf(value);
  if (!members) throw invalid(name);
  return members;
}

/** One of these words; null where it is absent. */
export function optionalWord<T extends string>(body: Members, name: string, words: readonly T[]): T | null {
  const text = reader.optionalText(body, name, 100);
  if (text === null) return null;
  const word = words.find((one) => one === text);
  if (word === undefined) throw invalid(name);
  return word;
}

/** An instant by RFC 3339; null where it is absent. */
export function optionalInstant(body: Members, name: string): number | null {
  const text = reader.optionalText(body, name, 40);
  if (text === null) return null;
  const at = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)$/.test(text) ? Date.parse(text) : NaN;
  if (Number.isNaN(at)) throw invalid(name);
  return at;
}

/** A list of texts; null where it is absent. */
export function optionalTexts(body: Members, name: string): readonly string[] | null {
  const value = body[name];
  if (value === undefined || value === null) return null;
  if (!Array.isArray(value) || !value.every((one) => typeof one === 'string')) throw invalid(name);
  return value;
}
