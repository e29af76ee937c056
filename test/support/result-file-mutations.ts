import fc from 'fast-check';
import { MAX_CHARGE_WON } from '../../src/kernel/won';
import {
  COLUMN,
  COLUMN_COUNT,
  HEADER,
  type AskedCharge,
  type FileLine,
  type Outcome,
  type ResultFile,
} from './result-file-model';

/** A change of a good file; `line` and `other` are taken modulo the number of lines there are. */
export type Mutation =
  | { kind: 'drop'; line: number }
  | { kind: 'double'; line: number; at: number }
  | { kind: 'edit'; line: number; column: number; value: string }
  | { kind: 'take-order-number' | 'take-transaction'; line: number; from: number }
  | { kind: 'cut'; line: number; at: number }
  | { kind: 'add-column'; line: number; column: number }
  | { kind: 'remove-column'; line: number; column: number }
  | { kind: 're-encode'; line: number; encoding: 'euc-kr' | 'spoiled' }
  | { kind: 'add-nul'; line: number; at: number }
  | { kind: 'insert'; at: number; text: string };

export interface FileShape {
  byteOrderMark: boolean;
  header: string | null;
  lineEnd: '\n' | '\r\n';
  endsWithNewline: boolean;
}

/** One case: what is asked and answered, in which order, and what is done to the file. */
export interface ResultCase {
  answers: (AskedCharge & Outcome)[];
  /** Sorts the lines. */
  order: number[];
  mutations: Mutation[];
  shape: FileShape;
  /** Whether lines are dropped or added until the file has as many rows as were asked. */
  keepsCount: boolean;
}

/** Order numbers begin with this; a test puts a text of the case's own in its place, because they are unique for ever. */
export const PREFIX = '~';

const PRODUCTS: readonly (readonly [string, string])[] = [
  ['0910024116', 'IAP_consumable_1000'],
  ['0910024117', '동영상 클라우드 어린이TV'],
  ['0910024118', '🎵 "음악" \\N\\. 무제한'],
];

const ODD_TEXTS = ['', ' ', 'None', '0', 'x', '\\N', '\\.', "';--", '"quoted"', 'a\tb', '한글', '🎵', 'ID', 'id'];
const ODD_AMOUNTS = ['', '0', '1', '-1', '+1', '01', '1.0', '1e3', ' 1', '１', '9007199254740991', '9007199254740992'];
const position = fc.nat({ max: 999 });

/** Near the most that one charge may ask for. */
const LARGEST_BUT_PARTS = MAX_CHARGE_WON - 90_000 - 9_000 - 500;

const askedAndAnswered: fc.Arbitrary<AskedCharge & Outcome> = fc
  .record({
    product: fc.constantFrom(...PRODUCTS),
    parts: fc.tuple(fc.nat({ max: 90_000 }), fc.nat({ max: 9_000 }), fc.nat({ max: 500 })),
    carrier: fc.constantFrom(1, 990, LARGEST_BUT_PARTS),
    token: fc.nat({ max: 30 }),
    longToken: fc.boolean(),
    isPaid: fc.boolean(),
  })
  .map(({ product: [productId, productName], parts, carrier, token, longToken, isPaid }) => {
    const carrierAmount = parts[0] + (carrier > 1_000 && parts[0] > 80_000 ? carrier : 1);
    return {
      orderNo: '',
      token: token
        .toString(16)
        .toUpperCase()
        .padStart(longToken ? 96 : 64, 'B'),
      productId,
      productName,
      amount: carrierAmount + parts[1] + parts[2],
      carrierAmount,
      creditCardAmount: parts[1],
      tmembershipAmount: parts[2],
      transactionId: isPaid ? 'TSTORE0004_' : 'None',
      resultCode: isPaid ? '0000' : '3104',
      resultMessage: isPaid ? '정상' : '한도 초과',
    };
  });

const edited: fc.Arbitrary<Mutation> = fc.nat({ max: COLUMN_COUNT - 1 }).chain((column) =>
  fc.record({
    kind: fc.constant('edit' as const),
    line: position,
    column: fc.constant(column),
    value: valueFor(column),
  }),
);

function valueFor(column: number): fc.Arbitrary<string> {
  const isAmount = column >= COLUMN.amtReqPurchase && column <= COLUMN.amtTms;
  if (isAmount) return fc.oneof(fc.constantFrom(...ODD_AMOUNTS), fc.nat({ max: 100_000 }).map(String));
  if (column === COLUMN.cdResult)
    return fc.constantFrom('0000', '0', '00000', ' 0000', '0000 ', 'oooo', '９', 'E-1.a_', '9999', '', '정상');
  if (column === COLUMN.noBranchOrder) return fc.constantFrom(...ODD_TEXTS, `${PREFIX}none`, 'n'.repeat(3_000));
  if (column === COLUMN.msgResult) return fc.constantFrom(...ODD_TEXTS, 'm'.repeat(17_000));
  return fc.constantFrom(...ODD_TEXTS);
}

const mutation: fc.Arbitrary<Mutation> = fc.oneof(
  { weight: 4, arbitrary: edited },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('drop' as const), line: position }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('double' as const), line: position, at: position }) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constantFrom('take-order-number' as const, 'take-transaction' as const),
      line: position,
      from: position,
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('cut' as const), line: position, at: position }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('add-column' as const), line: position, column: position }) },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('remove-column' as const), line: position, column: position }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('re-encode' as const),
      line: position,
      encoding: fc.constantFrom('euc-kr' as const, 'spoiled' as const),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('add-nul' as const), line: position, at: position }) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('insert' as const),
      at: position,
      text: fc.constantFrom('', ' ', HEADER, ',,,,,,,,,,,,,', `9,skpcorp,b,t,p,n,${PREFIX}stray,1,1,0,0,T1,0000,ok`),
    }),
  },
);

const shape: fc.Arbitrary<FileShape> = fc.record({
  byteOrderMark: fc.boolean(),
  header: fc.oneof(
    { weight: 8, arbitrary: fc.constantFrom(HEADER, HEADER.toUpperCase(), HEADER.replace('amtTms', 'amtRms'), null) },
    {
      weight: 1,
      arbitrary: fc.constantFrom(HEADER.slice(0, 40), `${HEADER},more`, 'id', HEADER.replace('tid', 'tId2')),
    },
  ),
  lineEnd: fc.constantFrom('\n', '\r\n'),
  endsWithNewline: fc.boolean(),
});

export const resultCase: fc.Arbitrary<ResultCase> = fc.record({
  answers: fc.array(askedAndAnswered, { minLength: 5, maxLength: 40 }),
  order: fc.array(fc.nat({ max: 999 }), { minLength: 40, maxLength: 40 }),
  mutations: fc.array(mutation, { maxLength: 8 }),
  shape,
  keepsCount: fc.oneof({ weight: 4, arbitrary: fc.constant(true) }, { weight: 1, arbitrary: fc.constant(false) }),
});

/** Gives each charge its order number, and each payment its transaction id. */
export function numbered(answers: readonly (AskedCharge & Outcome)[], prefix: string): (AskedCharge & Outcome)[] {
  return answers.map((answer, index) => ({
    ...answer,
    orderNo: `${prefix}${index}`,
    transactionId: answer.transactionId === 'None' ? 'None' : `${answer.transactionId}${prefix}${index}`,
  }));
}

/** Does to a file's lines what the mutations say, one after the other. */
export function mutated(lines: readonly FileLine[], mutations: readonly Mutation[], prefix: string): FileLine[] {
  return mutations.reduce<FileLine[]>((result, one) => apply(result, withPrefix(one, prefix)), [...lines]);
}

/** Drops lines or repeats them until the rows are as many as asked; blank lines are no rows. */
export function balanced(file: ResultFile, rows: number): ResultFile {
  const lines = [...file.lines];
  const count = (): number => lines.filter(({ text }) => text.trim() !== '').length;
  while (count() > rows) lines.splice((count() * 7) % lines.length, 1);
  while (count() < rows)
    lines.push(lines.find(({ text }) => text.trim() !== '') ?? { text: 'stray', encoding: 'utf8' });
  return { ...file, lines };
}

function withPrefix(one: Mutation, prefix: string): Mutation {
  if (one.kind === 'edit') return { ...one, value: one.value.replace(PREFIX, prefix) };
  if (one.kind === 'insert') return { ...one, text: one.text.replace(PREFIX, prefix) };
  return one;
}

function apply(lines: FileLine[], one: Mutation): FileLine[] {
  if (one.kind === 'insert')
    return lines.toSpliced(one.at % (lines.length + 1), 0, { text: one.text, encoding: 'utf8' });
  const line = lines[one.line % lines.length];
  if (line === undefined) return lines;
  const index = one.line % lines.length;
  if (one.kind === 'drop') return lines.toSpliced(index, 1);
  if (one.kind === 'double') return lines.toSpliced(one.at % (lines.length + 1), 0, line);
  return lines.with(index, changed(line, one, lines));
}

type LineChange = Exclude<Mutation, { kind: 'insert' | 'drop' | 'double' }>;

function changed(line: FileLine, one: LineChange, lines: readonly FileLine[]): FileLine {
  const columns = line.text.split(',');
  const joined = (changedColumns: string[]): FileLine => ({ ...line, text: changedColumns.join(',') });
  switch (one.kind) {
    case 'edit':
      return joined(columns.map((value, column) => (column === one.column ? one.value : value)));
    case 'take-order-number':
    case 'take-transaction': {
      const taking = one.kind === 'take-transaction' ? COLUMN.tid : COLUMN.noBranchOrder;
      const taken = lines[one.from % lines.length]?.text.split(',')[taking] ?? '';
      return joined(columns.map((value, column) => (column === taking ? taken : value)));
    }
    case 'cut':
      return { ...line, text: split(line.text, one.at)[0] };
    case 'add-column':
      return joined(columns.toSpliced(one.column % (columns.length + 1), 0, 'surplus'));
    case 'remove-column':
      return joined(columns.toSpliced(one.column % columns.length, 1));
    case 're-encode':
      return { ...line, encoding: one.encoding };
    case 'add-nul':
      return { ...line, text: split(line.text, one.at).join('\0') };
  }
}

/** In two, between characters. */
function split(text: string, at: number): [string, string] {
  const characters = [...text];
  const end = at % (characters.length + 1);
  return [characters.slice(0, end).join(''), characters.slice(end).join('')];
}
