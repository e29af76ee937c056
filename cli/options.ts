import { Argument, InvalidArgumentError, Option, type Command } from 'commander';
import type { Schema } from '../client/src';
import { AnotherService, UsageError } from './exit';

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

export function outputOption(): Option {
  return new Option('--output <file>', 'save all rows, as a spreadsheet: to a file that ends in .xlsx or .csv');
}

/** On each command that moves money or lets it move. */
export function yesOption(): Option {
  return new Option('-y, --yes', 'do it without being asked');
}

/** A filter by the days of Seoul, both included. */
export function dayOptions(what: string): { from: Option; to: Option } {
  return {
    from: new Option('--from <day>', `${what} on this Seoul day or later, such as 2026-11-01`),
    to: new Option('--to <day>', `${what} on this Seoul day or earlier, such as 2026-11-30`),
  };
}

/** The first and the last of the days or months that are told; the last is the first unless stated. */
export function overStretch(command: Command, unit: 'day' | 'month'): Command {
  const [what, first, last] =
    unit === 'day' ? ['Seoul day', '2026-11-01', '2026-11-30'] : ['month', '2026-11', '2026-12'];
  return command
    .argument('<from>', `the first ${what}, such as ${first}`)
    .argument('[to]', `the last ${what}, such as ${last}; the first unless stated`);
}

export function dayArgument(): Argument {
  return new Argument('<date>', 'a Seoul day, such as 2026-12-01');
}

/** Whoever has an account there; what is missing does not compile. */
const WITH_ACCOUNTS: Record<Schema<'NewGatewayAccountBody'>['gateway'], true> = {
  tstore: true,
  toss: true,
  kakaopay: true,
  portone: true,
};
export const GATEWAYS_WITH_ACCOUNTS = Object.keys(WITH_ACCOUNTS);

const GATEWAYS: Record<Schema<'GatewayAccountView'>['gateway'], true> = WITH_ACCOUNTS;

/** A filter by who collects. */
export function gatewayOptions(): { gateway: Option; gatewayAccount: Option } {
  return {
    gateway: new Option('--gateway <name>', 'of one gateway').choices(Object.keys(GATEWAYS)),
    gatewayAccount: new Option('--account <id>', 'of one gateway account'),
  };
}

export function wholeNumber(text: string): number {
  if (!/^[1-9]\d{0,14}$/.test(text)) throw new InvalidArgumentError('a whole number above 0 is expected.');
  return Number(text);
}

/** Won as people write them: `1000` or `1,000`. */
export function wonAmount(text: string): number {
  if (!/^(\d{1,3}(,\d{3})+|\d+)$/.test(text)) {
    throw new InvalidArgumentError('a whole number of won is expected, such as 28600 or 28,600.');
  }
  return Number(text.replaceAll(',', ''));
}

/** A price by T store's parts, of which the sum is charged; or as a whole, which another gateway collects. */
export interface PriceOptions {
  amount?: number;
  carrier?: number;
  card?: number;
  membership?: number;
}

export function priceOptions(): Option[] {
  return [
    new Option('--amount <won>', 'the whole price, of what another gateway than T store collects').argParser(wonAmount),
    new Option('--carrier <won>', 'part of the price that is collected with the phone bill').argParser(wonAmount),
    new Option('--card <won>', 'part that is charged to the credit card').argParser(wonAmount),
    new Option('--membership <won>', 'part that is taken from the T membership').argParser(wonAmount),
  ];
}

/** @returns `undefined` when none is stated */
export function priceOf({ amount: whole, carrier, card, membership }: PriceOptions): Schema<'PriceBody'> | undefined {
  const isSplit = carrier !== undefined || card !== undefined || membership !== undefined;
  if (whole !== undefined && isSplit) {
    throw new UsageError('State either --amount, or T store’s parts: --carrier, --card, --membership.');
  }
  if (whole !== undefined) return { amount: whole };
  if (!isSplit) return undefined;
  const [carrierAmount, creditCardAmount, tmembershipAmount] = [carrier ?? 0, card ?? 0, membership ?? 0];
  const amount = carrierAmount + creditCardAmount + tmembershipAmount;
  return { amount, carrierAmount, creditCardAmount, tmembershipAmount };
}

/** How every list answers, in pages or in stretches of a log. */
interface Piece {
  items?: unknown[];
  nextCursor?: string | null;
  nextAfter?: string;
  hasMore?: boolean;
}

/** As many rows of a list as were asked for, from as many pieces as that takes; and whether there are more. */
export async function rowsOf(
  { limit, all = false }: ListOptions,
  ask: (query: Record<string, unknown>) => Promise<unknown>,
): Promise<{ rows: unknown[]; more: boolean }> {
  // One row more than is shown tells whether there are more.
  const most = all ? Infinity : limit + 1;
  const rows: unknown[] = [];
  let next: Record<string, unknown> | undefined = {};
  while (next !== undefined && rows.length < most) {
    const piece = (await ask({ limit: Math.min(most - rows.length, PAGE), ...next })) as Piece;
    const items = itemsOf(piece);
    if (items === undefined) throw new AnotherService('The answer is no list.');
    rows.push(...items);
    next = nextOf(piece);
  }
  return { rows: rows.slice(0, most - 1), more: rows.length === most };
}

/** @returns `undefined` for what no list of the service answers */
function itemsOf(piece: unknown): unknown[] | undefined {
  const items = typeof piece === 'object' && piece !== null ? (piece as Piece).items : undefined;
  return Array.isArray(items) ? items : undefined;
}

function nextOf({ nextCursor, nextAfter, hasMore }: Piece): Record<string, unknown> | undefined {
  if (nextCursor != null) return { cursor: nextCursor };
  return hasMore === true ? { after: nextAfter } : undefined;
}
