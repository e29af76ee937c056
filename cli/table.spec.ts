import stringWidth from 'string-width';
import { pairsOf, tableOf, wrappedToCopy, type Column } from './table';

interface Row {
  id: number;
  name: string;
  amount: string;
  note: string;
}

const COLUMNS: readonly Column<Row>[] = [
  ['id', (row) => row.id, { right: true }],
  ['name', (row) => row.name, { wraps: true }],
  ['amount', (row) => row.amount, { right: true }],
  ['note', (row) => row.note, { spare: true }],
];

const ROWS: Row[] = [
  { id: 7, name: '홍길동', amount: '28,600 won', note: 'first' },
  { id: 1042, name: 'Kim', amount: '5,500 won', note: 'second' },
];

const LONG = { ...ROWS[0], name: '동영상 클라우드 어린이TV 특별한 열두 달 이용권' } as Row;

/** Where each line's text of a column begins, in columns of the terminal. */
const startOf = (line: string, text: string): number => stringWidth(line.slice(0, line.indexOf(text)));

describe('a table', () => {
  it('keeps columns in line whatever the width of their letters, and numbers to the right', () => {
    expect(tableOf(ROWS, COLUMNS)).toBe(
      [
        '  id  name        amount  note',
        '   7  홍길동  28,600 won  first',
        '1042  Kim      5,500 won  second',
        '',
      ].join('\n'),
    );
    const [, hangul, latin] = tableOf(ROWS, COLUMNS).split('\n') as [string, string, string];
    expect(startOf(hangul, 'first')).toBe(startOf(latin, 'second'));
  });

  it.each([80, 60, 50])('breaks texts into lines before it leaves a column out: at %s', (width) => {
    const text = tableOf([LONG], COLUMNS, width);
    expect(Math.max(...text.split('\n').map((line) => stringWidth(line)))).toBeLessThanOrEqual(width);
    expect(text).toContain('first');
    expect(text.replaceAll(/\s/g, '')).toContain('동영상');
  });

  it('breaks a long heading as it does texts', () => {
    const wordy: Column<Row>[] = [
      ...COLUMNS.slice(0, 1),
      ['what is done when it is approved', () => 'refund', { wraps: true }],
    ];
    const text = tableOf(ROWS, wordy, 30);
    expect(Math.max(...text.split('\n').map((line) => stringWidth(line)))).toBeLessThanOrEqual(30);
    expect(text.replaceAll(/\s+/g, ' ')).toContain('what is done when it');
  });

  it('leaves out what is spare and says so', () => {
    const text = tableOf([LONG], COLUMNS, 36);
    expect(text).not.toContain('first');
    expect(text).toContain('left out for want of room: note');
    expect(Math.max(...text.split('\n').map((line) => stringWidth(line)))).toBeLessThanOrEqual(36);
  });

  it('stacks the rows where even that is too wide, and leaves nothing out', () => {
    expect(tableOf(ROWS, COLUMNS, 20)).toBe(
      [
        ...['id      7', 'name    홍길동', 'amount  28,600 won', 'note    first', ''],
        ...['id      1042', 'name    Kim', 'amount  5,500 won', 'note    second', ''],
      ].join('\n'),
    );
  });

  it('breaks no word: it rather leaves a column out, or stacks', () => {
    const row = { id: 1, name: 'subscriptions change-billing-token', amount: '1', note: 'spare' };
    for (const width of [80, 60, 50, 40]) {
      const text = tableOf([row], COLUMNS, width);
      expect(text).toMatch(/change-billing-token/);
      expect(text).toMatch(/subscriptions/);
    }
  });

  const widest = (text: string): number => Math.max(...text.split('\n').map((line) => stringWidth(line)));

  it.each([80, 60, 40])('keeps a table whatever one name without a blank is like: at %s', (width) => {
    for (const name of ['아주긴이름'.repeat(12), 'x'.repeat(100)]) {
      const text = tableOf([{ ...LONG, name }, ...ROWS], COLUMNS, width);
      expect(text).toMatch(/^ *id +name/);
      expect(text).toMatch(/^1042 {2}Kim +5,500 won/m);
      expect(widest(text)).toBeLessThanOrEqual(width);
      expect(text.replaceAll(/[^아주긴이름x]/g, '').replace(/름*$/, '')).toContain(name.slice(0, 10));
    }
  });

  it('breaks what is no number rather than to make paragraphs of all rows', () => {
    const columns: readonly Column<Row>[] = [
      ['id', (row) => row.id, { right: true }],
      ['reference', (row) => row.name],
      ['amount', (row) => row.amount, { right: true }],
    ];
    const text = tableOf([{ ...LONG, name: 'order-'.repeat(20) }, ...ROWS], columns, 60);
    expect(text).toMatch(/^1042 {2}Kim +5,500 won$/m);
    expect(widest(text)).toBeLessThanOrEqual(60);
  });

  it('says when there is none', () => {
    expect(tableOf([], COLUMNS, 80)).toBe('none\n');
  });
});

describe('pairs', () => {
  it('leave addresses and commands whole, which people copy', () => {
    const address = `http://127.0.0.1:8080/toss/windows/${'a'.repeat(60)}?token=x`;
    const command = `npm run cli -- settlement-log list --after 1 --limit 1 --account ${'b'.repeat(30)}`;
    const text = pairsOf(
      [
        ['windowUrl', address],
        ['link', command],
        ['why', 'word '.repeat(20).trim()],
      ],
      60,
    );
    expect(text).toContain(address);
    expect(text).toContain(command);
    expect(stringWidth(text.split('\n').at(-2) as string)).toBeLessThanOrEqual(60);
  });

  it('and messages give a command at their end a line of its own', () => {
    const message = `Asked for, and not done: it waits for a second person, who says: npm run cli -- approvals approve 12`;
    expect(wrappedToCopy(message, 40)).toBe(
      [
        'Asked for, and not done: it waits for a',
        'second person, who says:',
        '  npm run cli -- approvals approve 12',
      ].join('\n'),
    );
    expect(wrappedToCopy(message, Infinity)).toBe(message);
  });

  it('break long texts, and never an id apart from its name', () => {
    const text = pairsOf(
      [
        ['reason', 'because it was promised to them by support'],
        ['id', '7'],
      ],
      30,
    );
    expect(text).toBe(
      ['reason  because it was', '        promised to them by', '        support', 'id      7', ''].join('\n'),
    );
  });
});
