import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { meaningOf, type Meaning, type Purpose } from './outcome';

const PAGE = readFileSync(join(__dirname, '../../../docs/protocol/portone.md'), 'utf8');

const LOOK: Meaning = { kind: 'unknown', reason: 'undecided' };

/** What the page calls them, by how it begins: what follows a semicolon or a colon says why. */
const MEANINGS: readonly [words: RegExp, meaning: Meaning][] = [
  [/^unknown/, LOOK],
  [/^refused, the account stops$/, { kind: 'refused', unauthorized: true }],
  [/^refused, the balance is read again$/, { kind: 'refused', nothingLeft: true }],
  [/^refused; nothing moved, the window/, { kind: 'refused', returnRefused: true }],
  [/^refused/, { kind: 'refused' }],
  [/^(?:absent|done)/, { kind: 'refused', notFound: true }],
];

interface Row {
  type: string;
  where: string;
  words: string;
}

function rows(): Row[] {
  const [, text = ''] = /^## 7\. Errors\n([^]*?)^## 8/m.exec(PAGE) ?? [];
  return [...text.matchAll(/^\| `([A-Z_]+)` +\| \d+ +\| ([^|]+?) +\| ([^|]+?) +\|$/gm)].map(
    ([, type = '', where = '', words = '']) => ({ type, where, words }),
  );
}

const PURPOSES: readonly Purpose[] = ['ask', 'collect', 'issue', 'cancel', 'remove'];
const ONE_MEANING = rows().filter(({ words }) => MEANINGS.some(([pattern]) => pattern.test(words)));
const BY_PURPOSE = ['PG_PROVIDER', 'BILLING_KEY_NOT_FOUND', 'BILLING_KEY_ALREADY_DELETED'];

describe('what the types of PortOne’s errors mean', () => {
  it.each(ONE_MEANING)('by the page: $type is $words', ({ type, words }) => {
    const [, meaning] = MEANINGS.find(([pattern]) => pattern.test(words)) ?? [];
    for (const purpose of PURPOSES) expect(meaningOf(purpose, type)).toEqual(meaning);
  });

  it('is said of every row, and of none that is on no page', () => {
    const listed = rows().map(({ type }) => type);
    expect(listed.length).toBeGreaterThan(30);
    expect(listed.filter((type) => !ONE_MEANING.some((row) => row.type === type)).sort()).toEqual(
      [...BY_PURPOSE].sort(),
    );
    const source = readFileSync(join(__dirname, 'outcome.ts'), 'utf8');
    const written = [...source.matchAll(/\.\.\.all\((?:\{.*?\}|\w+), '([^']+)'\)/g)].flatMap(([, types = '']) =>
      types.split(' '),
    );
    expect(written.sort()).toEqual(listed.sort());
  });

  it('is a decline of a payment company where money was asked for, and a reason to look elsewhere', () => {
    expect(meaningOf('collect', 'PG_PROVIDER')).toEqual({ kind: 'declined', retry: 'later', laterAtMost: 2 });
    expect(meaningOf('cancel', 'PG_PROVIDER')).toEqual(LOOK);
  });

  it.each(['BILLING_KEY_NOT_FOUND', 'BILLING_KEY_ALREADY_DELETED'])(
    'is %s: gone, and of a charge another method',
    (type) => {
      expect(meaningOf('collect', type)).toEqual({ kind: 'declined', retry: 'new-method' });
      expect(meaningOf('remove', type)).toEqual({ kind: 'refused', notFound: true });
    },
  );

  it.each(['', 'NEVER_SEEN', 'constructor', '__proto__'])('is nothing that one may act on: %p', (type) => {
    expect(meaningOf('collect', type)).toBeUndefined();
  });
});
