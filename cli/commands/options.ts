import { InvalidArgumentError, Option } from 'commander';
import { everyItem, type PageOf } from '../../client/src';
import { dataOf, type Answer } from '../session';

/** Rows shown unless more are asked for. */
const ROWS = 50;
const PAGE = 1_000;

export interface ListOptions {
  limit: number;
  all?: boolean;
}

export function limitOption(): Option {
  return new Option('--limit <rows>', 'how many rows at most').argParser(wholeNumber).default(ROWS);
}

export function allOption(): Option {
  return new Option('--all', 'all rows').conflicts('limit');
}

export function reasonOption(): Option {
  return new Option('--reason <text>', 'why; kept in the audit log').makeOptionMandatory();
}

export function wholeNumber(text: string): number {
  if (!/^[1-9]\d{0,14}$/.test(text)) throw new InvalidArgumentError('a whole number above 0 is expected.');
  return Number(text);
}

/** As many items of a list as were asked for, from as many pages as that takes. */
export async function rowsOf<Item>(
  { limit, all = false }: ListOptions,
  ask: (query: { cursor?: string; limit: number }) => Promise<Answer<PageOf<Item>>>,
): Promise<Item[]> {
  const most = all ? Infinity : limit;
  const rows: Item[] = [];
  const size = Math.min(most, PAGE);
  const page = async (cursor: string | undefined) =>
    dataOf(await ask({ limit: size, ...(cursor !== undefined && { cursor }) }));
  for await (const item of everyItem(page)) {
    rows.push(item);
    if (rows.length === most) break;
  }
  return rows;
}
