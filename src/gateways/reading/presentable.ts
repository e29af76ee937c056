import { isNumber } from './json-members';

/** Room for any message a person would read. */
const MAX_LENGTH = 500;

/** As billing tokens look; nothing a person would read is as long. */
const BILLING_TOKEN = /[0-9a-f]{64,}/gi;

/** One line that can be logged, stored and shown. */
export function presentable(text: string, secrets: readonly string[]): string {
  let shown = text;
  for (const secret of secrets) {
    if (secret !== '') shown = shown.replaceAll(secret, '[redacted]');
  }
  return shown
    .replaceAll(BILLING_TOKEN, '[redacted]')
    .replaceAll(/[\p{Cc}\p{Cs}\s]+/gu, ' ')
    .trim()
    .slice(0, MAX_LENGTH)
    .replace(HALF_CHARACTER, '');
}

/** What cutting a text leaves of a character of two units. */
const HALF_CHARACTER = /[\uD800-\uDBFF]$/;

/** Makes {@link presentable} whatever a member holds; empty when that is neither text nor a number. */
export type Show = (member: unknown) => string;

/** @param secrets never to be shown, should the other side repeat them */
export function showing(secrets: readonly string[] = []): Show {
  return (member) => {
    if (isNumber(member)) return String(member);
    return typeof member === 'string' ? presentable(member, secrets) : '';
  };
}
