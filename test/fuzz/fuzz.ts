import fc from 'fast-check';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

/** `FUZZ_SEED` and `FUZZ_PATH`, as a failure prints them, bring a case back. */
export const FUZZ_SEED = Number(process.env.FUZZ_SEED ?? Date.now() % 2 ** 31);
const path = process.env.FUZZ_PATH;
/** How many times the usual number of cases are tried, such as `FUZZ_FACTOR=100` over night. */
const factor = Number(process.env.FUZZ_FACTOR ?? 1);

export function fuzzing(usualRuns: number): { seed: number; numRuns: number; path?: string; timeLimit?: number } {
  return { seed: FUZZ_SEED, numRuns: path === undefined ? usualRuns * factor : 1, ...(path !== undefined && { path }) };
}

/** After so many milliseconds the cases of one test hang: the suite's own limit, for the usual number of cases. */
export const FUZZ_TIMEOUT_MS = 600_000 * Math.max(1, factor);

export interface SavedCase {
  name: string;
  bytes: Buffer;
}

/** The saved cases of a kind; a file dropped into its folder is one more. */
export function savedCases(kind: 'request-file' | 'result-file' | 'answer' | 'notification'): SavedCase[] {
  const folder = join(__dirname, 'corpus', kind);
  return readdirSync(folder)
    .sort()
    .map((name) => ({ name, bytes: readFileSync(join(folder, name)) }));
}

/** What parsers stumble over, wherever it stands. */
const STUMBLING_BLOCKS: readonly Buffer[] = [
  ...['', ',', ',,,,,,,,,,,,,,', '\n', '\r', '\r\n', '\n\n', '\0', '"', '""', "'", '\\', '\\N', '\\.', '\t', ' '],
  ...['-0', '1e3', '0.1', '9'.repeat(20), '9007199254740992', '-1', 'NaN', 'Infinity', '1e999'],
  ...['null', 'true', '{}', '[]', '{', '[', '}', ']', ':', '"__proto__":', '"resultCode":"0000"', '\\u0000', '\\ud800'],
  ...[
    'None',
    '0000',
    'id,',
    '\uFEFF',
    '\u2028',
    '\u202e',
    '한글',
    '😀',
    'x'.repeat(300),
    'x'.repeat(5_000),
    '['.repeat(3_000),
  ],
].map((text) => Buffer.from(text));

/** What is no UTF-8: beginnings without ends, halves of surrogate pairs, lengths that lie. */
const NO_TEXT: readonly Buffer[] = ['ff', 'c080', 'eda080', 'eb8f', 'feff', '80', 'f5808080'].map((hex) =>
  Buffer.from(hex, 'hex'),
);

type Edit = (bytes: Buffer) => Buffer;

const block = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(...STUMBLING_BLOCKS, ...NO_TEXT) },
  { weight: 1, arbitrary: fc.uint8Array({ maxLength: 16 }).map((bytes) => Buffer.from(bytes)) },
);
const share = fc.double({ min: 0, max: 1, noNaN: true });
const at = (bytes: Buffer, place: number): number => Math.floor(bytes.length * place);
const between = (bytes: Buffer, one: number, other: number): [number, number] => [
  at(bytes, Math.min(one, other)),
  at(bytes, Math.max(one, other)),
];

const edit: fc.Arbitrary<Edit> = fc.oneof(
  fc.tuple(block, share).map(
    ([inserted, place]): Edit =>
      (bytes) =>
        Buffer.concat([bytes.subarray(0, at(bytes, place)), inserted, bytes.subarray(at(bytes, place))]),
  ),
  fc.tuple(block, share).map(
    ([written, place]): Edit =>
      (bytes) =>
        Buffer.concat([
          bytes.subarray(0, at(bytes, place)),
          written,
          bytes.subarray(at(bytes, place) + written.length),
        ]),
  ),
  fc.tuple(share, share).map(([one, other]): Edit => (bytes) => {
    const [start, end] = between(bytes, one, other);
    return Buffer.concat([bytes.subarray(0, start), bytes.subarray(end)]);
  }),
  fc.tuple(share, share).map(([one, other]): Edit => (bytes) => {
    const [start, end] = between(bytes, one, other);
    return Buffer.concat([bytes, bytes.subarray(start, end)]);
  }),
  share.map(
    (place): Edit =>
      (bytes) =>
        bytes.subarray(0, at(bytes, place)),
  ),
);

/** Any of the seeds, after none to some edits. */
export function hostile(seeds: readonly Buffer[]): fc.Arbitrary<Buffer> {
  return fc
    .tuple(fc.constantFrom(...seeds), fc.array(edit, { maxLength: 6 }))
    .map(([seed, edits]) => shownAsBase64(edits.reduce((bytes, change) => change(bytes), seed)));
}

/** A counterexample is printed as what a new saved case can be made from. */
function shownAsBase64(bytes: Buffer): Buffer {
  const copy = Buffer.from(bytes);
  return Object.defineProperty(copy, fc.toStringMethod, { value: () => `base64 ${copy.toString('base64')}` });
}

/** Places to cut a file of any length into chunks. */
export const cuts = fc.array(share, { maxLength: 10 });

export function cutAt(bytes: Buffer, places: readonly number[]): Buffer[] {
  const ends = [...places.map((place) => at(bytes, place)), bytes.length].sort((one, other) => one - other);
  return ends.map((end, index) => bytes.subarray(ends[index - 1] ?? 0, end));
}

/** What PostgreSQL could hold neither in text nor in jsonb. */
export const UNSTORABLE = /\0|\p{Cs}/u;
