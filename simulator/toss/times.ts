import { seoulLocal } from '../shared/seoul-time';

/** `2026-11-28T14:01:31+09:00`. */
export function seoulTime(atMs: number): string {
  return `${seoulLocal(atMs).slice(0, 19)}+09:00`;
}

/** `2026-11-28`. */
export function seoulDate(atMs: number): string {
  return seoulLocal(atMs).slice(0, 10);
}

/** A message's `createdAt`: no offset, and 3, 5 or 6 digits of a second, as recorded. */
export function seoulTimeOfMessage(atMs: number, drawn: number): string {
  const digits = [3, 5, 6][Math.floor(drawn * 3)] as number;
  const beyond = String(100 + Math.floor(drawn * 900));
  return `${seoulLocal(atMs).slice(0, 23)}${beyond}`.slice(0, 20 + digits);
}

/** A local time of Seoul as the reports take it; a bare date is its midnight. NaN if it is neither. */
export function readSeoulTime(text: string): number {
  if (/^\d{4}-\d{2}-\d{2}$/.test(text)) return Date.parse(`${text}T00:00:00+09:00`);
  if (/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,6})?)?$/.test(text)) return Date.parse(`${text}+09:00`);
  return /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})$/.test(text) ? Date.parse(text) : NaN;
}
