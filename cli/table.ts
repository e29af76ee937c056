import Table from 'cli-table3';
import stringWidth from 'string-width';
import wrapAnsi from 'wrap-ansi';
import { PROGRAM } from './operations';
import { textOf } from './words';

/** How a column behaves where there is little room. */
interface ColumnManner {
  /** Left out before the others, the last one first. */
  spare?: true;
  /** A text in words, which may be broken into lines. */
  wraps?: true;
  /** A number, whose digits stand below one another. */
  right?: true;
}

/** A column of a table: its heading, what stands in it, and how it behaves where there is little room. */
export type Column<Row> = readonly [heading: string, cell: (row: Row) => unknown, manner?: ColumnManner];

interface Cells {
  readonly heading: string;
  readonly manner: ColumnManner;
  readonly texts: readonly string[];
}

const GAP = 2;
/** Narrower than this a text is no longer read but spelled. */
const LEAST_TEXT = 16;
/** Room for a day, or for its time below it. */
const LEAST_CELL = 12;
/** Hangul and Han may be broken anywhere. */
const BETWEEN_WORDS = /[\s\p{Script=Hangul}\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]/u;
/** What is longer is no word: a hash, an address. */
const LONGEST_WORD = 40;

const BARE = {
  ...Object.fromEntries(
    ['top', 'bottom', 'left', 'mid', 'right'].flatMap((side) => [
      [side, ''],
      [`${side}-mid`, ''],
      [`${side}-left`, ''],
      [`${side}-right`, ''],
    ]),
  ),
  middle: ' '.repeat(GAP),
};

/**
 * Rows as a table for people, as wide as their terminal: texts are broken into lines, then spare columns left out (and
 * named below), then words broken too, so that one long name costs nobody the table; and where even that is too wide each
 * row stands as a paragraph of its own.
 *
 * @param width columns of the terminal; `Infinity` where there is none
 */
export function tableOf<Row>(rows: readonly Row[], columns: readonly Column<Row>[], width = Infinity): string {
  if (rows.length === 0) return 'none\n';
  const all = columns.map(([heading, cell, manner = {}]): Cells => {
    return { heading, manner, texts: rows.map((row) => textOf(cell(row))) };
  });
  for (let kept = all; ; kept = withoutLastSpare(kept)) {
    const fitted = fit(kept, width);
    if (fitted !== undefined) return render(fitted) + leftOut(all, kept, width);
    if (kept.some(({ manner }) => manner.spare)) continue;
    const broken = firstOf([LEAST_TEXT, LEAST_CELL], (least) => fit(kept.map(breakable), width, () => least));
    return broken === undefined ? stacked(all, width) : render(broken) + leftOut(all, kept, width);
  }
}

/** Pairs of a name and a text, one below the other. */
export function pairsOf(pairs: readonly (readonly [name: string, text: string])[], width = Infinity): string {
  const names = Math.max(0, ...pairs.map(([name]) => stringWidth(name)));
  const room = Math.max(LEAST_TEXT, width - names - GAP);
  return render([
    { heading: '', manner: {}, texts: pairs.map(([name]) => name) },
    { heading: '', manner: {}, texts: pairs.map(([, text]) => wrappedToCopy(text, room)) },
  ]);
}

function firstOf<Tried, Found>(all: readonly Tried[], find: (one: Tried) => Found | undefined): Found | undefined {
  for (const one of all) {
    const found = find(one);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Whatever is no number may stand in lines, where it must. */
function breakable(column: Cells): Cells {
  return column.manner.right ? column : { ...column, manner: { ...column.manner, wraps: true } };
}

/** @returns `undefined` when they don't fit, however texts are broken */
function fit(columns: readonly Cells[], width: number, least = leastOf): Cells[] | undefined {
  const widths = columns.map(widthOf);
  const fixed = columns.map(({ manner }, at) => (manner.wraps ? 0 : (widths[at] as number)));
  const room = width - sum(fixed) - GAP * (columns.length - 1);
  const shares = sharesOf(
    columns.flatMap((column, at) =>
      column.manner.wraps ? [{ need: widths[at] as number, least: least(column) }] : [],
    ),
    room,
  );
  if (shares === undefined) return undefined;
  return columns.map((column) => {
    if (!column.manner.wraps) return column;
    const share = shares.shift() as number;
    return {
      ...column,
      heading: wrapped(column.heading, share),
      texts: column.texts.map((text) => wrapped(text, share)),
    };
  });
}

/** Gives each text what it needs as long as there is room; what is short is shared among the long ones. */
function sharesOf(texts: readonly { need: number; least: number }[], room: number): number[] | undefined {
  const needs = texts.map(({ need }) => need);
  const shares = texts.map(({ need, least }) => Math.min(need, least));
  let left = room - sum(shares);
  if (left < 0) return undefined;
  while (left > 0) {
    const short = needs.flatMap((need, at) => (need > (shares[at] as number) ? [at] : []));
    if (short.length === 0) break;
    const more = Math.max(1, Math.floor(left / short.length));
    for (const at of short.slice(0, left)) {
      const given = Math.min(more, (needs[at] as number) - (shares[at] as number));
      shares[at] = (shares[at] as number) + given;
      left -= given;
    }
    if (left === Infinity) return [...needs];
  }
  return shares;
}

/** No word is broken, unless it is longer than anybody's. */
function leastOf(column: Cells): number {
  const words = [column.heading, ...column.texts].flatMap((text) => text.split(BETWEEN_WORDS));
  const longest = Math.max(...words.map((word) => stringWidth(word)));
  return Math.max(LEAST_TEXT, Math.min(longest, LONGEST_WORD));
}

function withoutLastSpare(columns: readonly Cells[]): Cells[] {
  const last = columns.findLastIndex(({ manner }) => manner.spare);
  return columns.filter((_, at) => at !== last);
}

function leftOut(all: readonly Cells[], kept: readonly Cells[], width: number): string {
  const names = all.flatMap(({ heading }) => (kept.some((one) => one.heading === heading) ? [] : [heading]));
  if (names.length === 0) return '';
  return `${wrapped(`(left out for want of room: ${names.join(', ')}; --json shows all)`, width)}\n`;
}

function stacked(columns: readonly Cells[], width: number): string {
  const rows = columns[0]?.texts ?? [];
  return rows
    .map((_, row) =>
      pairsOf(
        columns.map(({ heading, texts }) => [heading, texts[row] as string]),
        width,
      ),
    )
    .join('\n');
}

function render(columns: readonly Cells[]): string {
  const table = new Table({
    chars: BARE,
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 0 },
    colAligns: columns.map(({ manner }) => (manner.right ? 'right' : 'left')),
  });
  if (columns.some(({ heading }) => heading !== '')) table.push(columns.map(({ heading }) => heading));
  for (const row of (columns[0]?.texts ?? []).keys()) table.push(columns.map(({ texts }) => texts[row] as string));
  return `${table.toString().replaceAll(/ +$/gm, '')}\n`;
}

function widthOf({ heading, texts }: Cells): number {
  return Math.max(...[heading, ...texts].flatMap((text) => text.split('\n')).map((line) => stringWidth(line)));
}

/** A text in lines of at most so many columns; only a word longer than that is broken. */
export function wrapped(text: string, width: number): string {
  return width === Infinity ? text : wrapAnsi(text, width, { hard: true });
}

/**
 * The same for what people copy: an address or a command in a line of its own is left whole, for the terminal to break, whose
 * line ends are not copied. A command at the end of a text gets a line of its own.
 */
export function wrappedToCopy(text: string, width: number): string {
  if (width === Infinity) return text;
  const lines = text.split('\n').flatMap((line) => {
    const [, before, command] = ENDS_WITH_COMMAND.exec(line) ?? [];
    const isLong = stringWidth(line) > width;
    return isLong && before !== undefined ? [before, `  ${command}`] : [line];
  });
  return lines.map((line) => (TO_COPY.test(line) ? line : wrapped(line, width))).join('\n');
}

const ENDS_WITH_COMMAND = new RegExp(`^(\\S.*:) (${PROGRAM} .*)$`);
const TO_COPY = new RegExp(`^ *(${PROGRAM} .*|https?://\\S+)$`);

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, one) => total + one, 0);
}
