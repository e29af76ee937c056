/** An instant as the API states it. */
const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/;
/** How {@link seoulTime} and {@link seoulSecond} state it. */
const SEOUL_TIME = /\d{4}-\d\d-\d\d \d\d:\d\d/;
const CONTROL = /\p{Cc}/gu;
const AMOUNT = /(^a|A)mount$/;

/** Won with their thousands apart: `28,600 won`. */
export function won(amount: number | null | undefined): string {
  return amount == null ? '-' : `${count(amount)} won`;
}

/** A number of things: `1,204`. */
export function count(number: number | null | undefined): string {
  return number == null ? '-' : number.toLocaleString('en-US');
}

/** How many, and how many won: `1,204 (28,600 won)`. */
export function tally({ count: number, amount }: { count: number; amount: number }): string {
  return `${count(number)} (${won(amount)})`;
}

/** An instant as Seoul's clocks show it, to the minute. */
export function seoulTime(instant: string | null | undefined): string {
  return instant == null ? '-' : seoulSecond(instant).slice(0, 16);
}

/** An instant as Seoul's clocks show it, to the second. */
export function seoulSecond(instant: string): string {
  return new Date(instant).toLocaleString('sv-SE', { timeZone: 'Asia/Seoul' });
}

/** What is written for people, and once whose clock it goes by. */
export function withClock(text: string): string {
  return SEOUL_TIME.test(text) ? `${text}(times are Seoul’s)\n` : text;
}

/** How the addresses and texts of the service are shown to people. */
interface InWords {
  link: (link: string) => string;
  text: (text: string) => string;
}

/** A thing's members, those inside by their path, each as people read it. */
export function membersOf(thing: object, inWords: InWords): [name: string, text: string][] {
  return linesOf(thing, '', inWords);
}

function linesOf(thing: object, path: string, inWords: InWords): [string, string][] {
  return Object.entries(thing).flatMap(([name, value]: [string, unknown]): [string, string][] => {
    if (isTally(value)) return [[`${path}${name}`, tally(value)]];
    const inside = typeof value === 'object' && value !== null && !isListOfWords(value);
    if (inside && Object.keys(value).length > 0) return linesOf(value, `${path}${name}.`, inWords);
    return [[`${path}${name}`, memberText(name, value, inWords)]];
  });
}

function memberText(name: string, value: unknown, { link, text }: InWords): string {
  if (typeof value === 'number' && AMOUNT.test(name)) return won(value);
  if (typeof value === 'string' && value.startsWith('/admin/v1/')) return link(value);
  if (typeof value !== 'string') return textOf(value);
  return INSTANT.test(value) ? seoulSecond(value) : text(textOf(value));
}

function isTally(value: unknown): value is { count: number; amount: number } {
  if (typeof value !== 'object' || value === null) return false;
  const { count: number, amount, ...others } = value as Record<string, unknown>;
  return typeof number === 'number' && typeof amount === 'number' && Object.keys(others).length === 0;
}

function isListOfWords(value: object): boolean {
  return Array.isArray(value) && value.every((item) => typeof item !== 'object');
}

/** What stands in a cell. A control character would move the cursor or colour the terminal: it is shown, not obeyed. */
export function textOf(value: unknown): string {
  if (value === null || value === undefined) return '-';
  if (Array.isArray(value)) return value.length === 0 ? '-' : value.map(textOf).join(', ');
  if (typeof value === 'object') return JSON.stringify(value);
  return `${value as string | number | boolean}`.replaceAll(CONTROL, shown);
}

function shown(character: string): string {
  return character === '\n' ? '\n' : `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

export function jsonOf(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
