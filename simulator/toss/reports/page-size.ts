import { TossRefusal } from '../error-codes';

const USUAL = 100;
const MOST = 5000;

export function pageSize(text: string | null, name: string): number {
  return wholeFrom1(text, name, USUAL, MOST);
}

export function wholeFrom1(text: string | null, name: string, fallback: number, most: number): number {
  if (text === null || text === '') return fallback;
  const value = Number(text);
  if (!/^\d+$/.test(text) || value < 1 || value > most) throw new TossRefusal('INVALID_REQUEST', name);
  return value;
}
