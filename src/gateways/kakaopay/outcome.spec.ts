import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { meaningOf, type Meaning } from './outcome';

const PAGE = readFileSync(join(__dirname, '../../../docs/protocol/kakaopay.md'), 'utf8');

/** What the page calls them, by how it begins: what follows a semicolon or a colon says why. */
const MEANINGS: readonly [words: RegExp, meaning: Meaning][] = [
  [/^unknown/, { kind: 'unknown', reason: 'undecided' }],
  [/^by extras; without, unknown/, { kind: 'unknown', reason: 'undecided' }],
  [/^by extras; without, declined, later, at most twice/, { kind: 'declined', retry: 'later', laterAtMost: 2 }],
  [/^refused, the account stops$/, { kind: 'refused', unauthorized: true }],
  [/^refused, not now/, { kind: 'refused', notNow: true }],
  [/^refused, less is left$/, { kind: 'refused', nothingLeft: true }],
  [/^refused, absent$/, { kind: 'refused', notFound: true }],
  [/^refused, over/, { kind: 'refused', attemptOver: true }],
  [/^refused[;:] /, { kind: 'refused', returnRefused: true }],
  [/^refused$/, { kind: 'refused' }],
  [/^declined, later/, { kind: 'declined', retry: 'later' }],
  [/^declined, never$/, { kind: 'declined', retry: 'never' }],
  [/^declined, new method$/, { kind: 'declined', retry: 'new-method' }],
];

interface Row {
  code: string;
  words: string;
}

/** @param column in which a table of the section has its meaning */
function rowsOf(section: string, column: number): Row[] {
  const [, text = ''] = new RegExp(`^### ${section} [^\n]*\n([^#]*)`, 'm').exec(PAGE) ?? [];
  return text.split('\n').flatMap((line) => {
    const cells = line.split('|').map((cell) => cell.trim());
    const codes = [...(cells[1] ?? '').matchAll(/`([^`]+)`/g)].map(([, code = '']) => code);
    return codes.map((code) => ({ code, words: cells[column] ?? '' }));
  });
}

const CALLS = rowsOf('7.1', 3);
const METHODS = rowsOf('7.2', 2).filter(({ code }) => code !== '9999');

const meantBy = (words: string): Meaning | undefined => MEANINGS.find(([pattern]) => pattern.test(words))?.[1];

describe('what the codes of KakaoPay mean', () => {
  it.each(CALLS)('by the page: $code is $words', ({ code, words }) => {
    expect(meantBy(words)).toBeDefined();
    expect(meaningOf({ code })).toEqual({ by: code, meaning: meantBy(words) });
  });

  it.each(METHODS)('by the page, of a method: $code is $words', ({ code, words }) => {
    expect(meantBy(words)).toBeDefined();
    // It decides before the code does.
    expect(meaningOf({ code: '-780', methodCode: code })).toEqual({ by: code, meaning: meantBy(words) });
    expect(meaningOf({ code: '-9999', methodCode: code })).toEqual({ by: code, meaning: meantBy(words) });
  });

  it('is on the page, each of them', () => {
    const source = readFileSync(join(__dirname, 'outcome.ts'), 'utf8');
    const [, tables = ''] = /^const CALL_CODES([^]*)^\/\*\* What an error names/m.exec(source) ?? [];
    const written = [...tables.matchAll(/all\([A-Z_]+, '([^']+)'\)/g)].flatMap(([, codes = '']) => codes.split(' '));
    expect(written.sort()).toEqual([...CALLS, ...METHODS].map(({ code }) => code).sort());
    expect(written.length).toBeGreaterThan(55);
  });

  it('leaves it to the code where the method says nothing that is known', () => {
    for (const methodCode of ['9999', '', 'NEVER_SEEN', 'constructor', undefined]) {
      expect(meaningOf({ code: '-708', methodCode })?.by).toBe('-708');
    }
  });

  it.each(['', '0', '-9999', '701', 'constructor', '__proto__'])('is nothing that one may act on: %p', (code) => {
    expect(meaningOf({ code })).toBeUndefined();
  });
});
