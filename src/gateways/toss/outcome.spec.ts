import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { meaningOf, type Meaning, type Purpose } from './outcome';

const PAGE = readFileSync(join(__dirname, '../../../docs/protocol/toss.md'), 'utf8');

/** What the page calls them. */
const MEANINGS: Record<string, Meaning> = {
  unknown: { kind: 'unknown', reason: 'undecided' },
  refused: { kind: 'refused' },
  'refused, wrong key': { kind: 'refused', unauthorized: true },
  'refused, absent': { kind: 'refused', notFound: true },
  'refused, not now': { kind: 'refused', notNow: true },
  'refused, over': { kind: 'refused', attemptOver: true },
  'refused, less is left': { kind: 'refused', nothingLeft: true },
  'declined, later': { kind: 'declined', retry: 'later' },
  'declined, later, at most twice': { kind: 'declined', retry: 'later', laterAtMost: 2 },
  'declined, never': { kind: 'declined', retry: 'never' },
  'declined, new method': { kind: 'declined', retry: 'new-method' },
};

/** What is asked, by the sections that tell of it. */
const SECTIONS: Record<string, Purpose[]> = {
  '7.1': ['ask', 'collect', 'issue', 'cancel', 'remove'],
  '7.2': ['collect', 'issue'],
  '7.3': ['issue'],
  '7.4': ['cancel'],
  '7.5': ['remove'],
};

type Row = [section: string, code: string, meaning: string];

function rowsOf(section: string): Row[] {
  const [, text = ''] = new RegExp(`^### ${section} [^\n]*\n([^#]*)`, 'm').exec(PAGE) ?? [];
  return [...text.matchAll(/^\| ([a-z][a-z, ]*?) +\| (.*) \|$/gm)].flatMap(([, meaning = '', codes = '']) =>
    [...codes.matchAll(/`([A-Z_]+)`/g)].map(([, code = '']): Row => [section, code, meaning]),
  );
}

const ROWS = Object.keys(SECTIONS).flatMap(rowsOf);

describe('what the codes of Toss mean', () => {
  it.each(ROWS)('by the page (%s): %s is %s', (section, code, meaning) => {
    expect(MEANINGS).toHaveProperty([meaning]);
    for (const purpose of SECTIONS[section] ?? []) expect(meaningOf(purpose, code)).toEqual(MEANINGS[meaning]);
  });

  it('is on the page, each of them', () => {
    const told = new Set(ROWS.map(([, code]) => code));
    const source = readFileSync(join(__dirname, 'outcome.ts'), 'utf8');
    const [, tables = ''] = /^const ANY([^]*)^const CODES/m.exec(source) ?? [];
    const codes = [...tables.matchAll(/\b[A-Z]{2,}(?:_[A-Z]+)+\b|\bNOT_FOUND\b/g)].map(([code]) => code);
    const words = ['WRONG_KEY', 'NOT_NOW', 'NEW_METHOD', 'LESS_LEFT'];
    expect([...new Set(codes)].filter((code) => !told.has(code) && !words.includes(code))).toEqual([]);
    expect(told.size).toBeGreaterThan(80);
  });

  it.each(['', 'NEVER_SEEN', 'constructor', '__proto__', 'reject_card_payment'])(
    'is nothing that one may act on: %p',
    (code) => {
      for (const purpose of ['ask', 'collect', 'issue', 'cancel', 'remove'] as const) {
        expect(meaningOf(purpose, code)).toBeUndefined();
      }
    },
  );

  it('depends on what is asked: of a lookup, no card says no', () => {
    expect(meaningOf('ask', 'REJECT_CARD_PAYMENT')).toBeUndefined();
    expect(meaningOf('cancel', 'REJECT_CARD_PAYMENT')).toBeUndefined();
    expect(meaningOf('collect', 'NOT_AVAILABLE_BANK')).toEqual({ kind: 'declined', retry: 'later' });
    expect(meaningOf('cancel', 'NOT_AVAILABLE_BANK')).toEqual({ kind: 'refused', notNow: true });
  });
});
