import { MemberReader, membersOf, type Members } from '../../shared/http/members';
import { KakaoPayRefusal } from '../error-codes';

export function invalid(name: string): KakaoPayRefusal {
  return new KakaoPayRefusal(-2, name);
}

/** Numbers and text, both taken. */
export const reader = new MemberReader(invalid);

/** One of these words; null where it is absent. */
export function optionalWord<T extends string>(body: Members, name: string, words: readonly T[]): T | null {
  const text = reader.optionalText(body, name, 100);
  if (text === null) return null;
  const word = words.find((one) => one === text);
  if (word === undefined) throw invalid(name);
  return word;
}

/** An array or object, which a form has as the text of its JSON. */
export function structureOf(body: Members, name: string): unknown {
  const value = body[name];
  if (typeof value !== 'string' || value === '') return value === '' ? undefined : value;
  try {
    return JSON.parse(value) as unknown;
  } catch {
    throw invalid(name);
  }
}

/** `{text: text}`; nothing here does anything with it. */
export function requireCustomJson(body: Members): void {
  const value = structureOf(body, 'custom_json');
  if (value === undefined || value === null) return;
  const members = membersOf(value);
  if (!members || !Object.values(members).every((one) => typeof one === 'string')) throw invalid('custom_json');
}
