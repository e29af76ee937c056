import { ONE_DONE } from '../../src/kernel/step-report';
import { answersOf } from '../support/result-answers';
import { COLUMN, fileBytes, goodFile, type FileLine } from '../support/result-file-model';
import { PREFIX, mutated, type Mutation } from '../support/result-file-mutations';
import { MERCHANT_ID, ResultWorld, STAGES, type VerifiedJob } from '../support/result-world';

const CHARGES = 6;

/** Kind, which charge's order number (`null`: none could be read), and line; the first charge is answered in line 2. */
type Finding = [kind: string, charge: number | 'unknown' | null, line: number | null];

const edit = (column: keyof typeof COLUMN, value: string, line = 0): Mutation[] => [
  { kind: 'edit', line, column: COLUMN[column], value },
];
const declined = (code: string): Mutation[] => [...edit('cdResult', code), ...edit('tid', 'None')];
const SECOND_TRANSACTION = `TSTORE0004_${PREFIX}1`;
const MISSING: Finding = ['missing', 0, null];
const NAMES_NONE: Finding[] = [['malformed', null, 2], MISSING];
/** The line can't be read as a whole, and still says which charge it is. */
const UNREADABLE: Finding[] = [['malformed', 0, 2]];
const UNCLEAR: Finding[] = [['unclear-outcome', 0, 2]];
const TWICE: Finding[] = [
  ['duplicate', 0, 2],
  ['duplicate', 0, 3],
  ['missing', 5, null],
];

describe('each change of one line', () => {
  let world: ResultWorld;
  let jobs = 0;

  beforeAll(async () => {
    world = await ResultWorld.start();
  });

  afterAll(() => world.close());

  async function applied(change: (lines: FileLine[], prefix: string) => FileLine[]) {
    const prefix = `f${(jobs += 1)}-`;
    const asked = answersOf(prefix, CHARGES);
    const job = await world.verifiedJob(asked);
    const file = goodFile(MERCHANT_ID, asked);
    world.gateway.serve(job.gatewayJobId, fileBytes({ ...file, lines: change(file.lines, prefix) }));
    for (const stage of STAGES) {
      if (stage === 'settle') await world.resolveStops(job);
      expect([stage, await world.run(stage)]).toEqual([stage, ONE_DONE]);
    }
    return { prefix, job, end: await world.end(job) };
  }

  it.each<[string, Mutation[], Finding[]]>([
    ['another line id', edit('id', '77'), []],
    ['another merchant', edit('cmId', 'another'), [['identity-mismatch', 0, 2]]],
    ['another business id', edit('bid', 'another'), []],
    ['another billing token', edit('billingToken', 'D'.repeat(64)), [['identity-mismatch', 0, 2]]],
    ['another product', edit('productId', '0910024118'), [['identity-mismatch', 0, 2]]],
    ['another product name', edit('nmProduct', '음악'), []],
    ['an unknown order number', edit('noBranchOrder', 'nobody'), [['unknown-order', 'unknown', 2], MISSING]],
    ['no order number', edit('noBranchOrder', ''), NAMES_NONE],
    [
      'another charge’s order number',
      [{ kind: 'take-order-number', line: 5, from: 0 }],
      [
        ['duplicate', 0, 2],
        ['duplicate', 0, 7],
        ['missing', 5, null],
      ],
    ],
    ['another amount', edit('amtReqPurchase', '1601'), [['amount-mismatch', 0, 2]]],
    ['another carrier amount', edit('amtCarrier', '1001'), [['amount-mismatch', 0, 2]]],
    ['another credit card amount', edit('amtCreditCard', '0'), [['amount-mismatch', 0, 2]]],
    ['another T membership amount', edit('amtTms', '99'), [['amount-mismatch', 0, 2]]],
    ['an amount with a fraction', edit('amtReqPurchase', '1600.0'), UNREADABLE],
    ['a negative amount', edit('amtTms', '-100'), UNREADABLE],
    ['an amount beyond what numbers hold', edit('amtCarrier', '9007199254740993'), UNREADABLE],
    ['another transaction', edit('tid', 'TS003_another'), []],
    ['a payment without a transaction', edit('tid', 'None'), [['malformed', 0, 2]]],
    ['a transaction id nearly none', edit('tid', 'none'), UNREADABLE],
    ['a transaction id with a blank behind it', edit('tid', 'TS003_another '), UNREADABLE],
    ['a decline beside a transaction', edit('cdResult', '9999'), UNCLEAR],
    ['a decline beside none', declined('9999'), []],
    ['no result code', edit('cdResult', ''), UNREADABLE],
    ...[
      '0000 ',
      ' 0000',
      '00000',
      '000',
      '0',
      'OOOO',
      '\uff10\uff10\uff10\uff10',
      '00 00',
      '+0000',
      '0000\u200b',
      '정상',
    ].flatMap((code): [string, Mutation[], Finding[]][] => [
      [
        `the code ${JSON.stringify(code)}, near that of a payment, beside a transaction`,
        edit('cdResult', code),
        UNCLEAR,
      ],
      [`the code ${JSON.stringify(code)}, near that of a payment, beside none`, declined(code), UNCLEAR],
    ]),
    [
      'another line’s transaction',
      edit('tid', SECOND_TRANSACTION),
      [
        ['transaction-shared', 0, 2],
        ['transaction-shared', 1, 3],
      ],
    ],
    [
      'a transaction that three lines name, one of them in doubt',
      [...edit('tid', SECOND_TRANSACTION), ...edit('tid', SECOND_TRANSACTION, 2), ...edit('amtTms', '99', 2)],
      [
        ['transaction-shared', 0, 2],
        ['transaction-shared', 1, 3],
        ['amount-mismatch', 2, 4],
      ],
    ],
    ['another message', edit('msgResult', '\\N "ok" \t🎵'), []],
    ['a line cut in its middle', [{ kind: 'cut', line: 0, at: 50 }], NAMES_NONE],
    ['a column too many', [{ kind: 'add-column', line: 0, column: 5 }], UNREADABLE],
    ['a column too few', [{ kind: 'remove-column', line: 0, column: 5 }], UNREADABLE],
    ['a NUL', [{ kind: 'add-nul', line: 0, at: 40 }], UNREADABLE],
    ['EUC-KR instead of UTF-8', [{ kind: 're-encode', line: 0, encoding: 'euc-kr' }], UNREADABLE],
    ['a byte that is no UTF-8', [{ kind: 're-encode', line: 0, encoding: 'spoiled' }], UNREADABLE],
    [
      'a line doubled in another’s place',
      [
        { kind: 'drop', line: 5 },
        { kind: 'double', line: 0, at: 1 },
      ],
      TWICE,
    ],
    [
      'blank lines',
      [
        { kind: 'insert', at: 3, text: '' },
        { kind: 'insert', at: 0, text: '' },
      ],
      [],
    ],
  ])('%s gives exactly its finding', async (_name, mutations, expected) => {
    const { prefix, end } = await applied((lines, own) => mutated(lines, mutations, own));
    const charges = new Map(Array.from({ length: CHARGES }, (_, index) => [`${prefix}${index}`, index]));
    const chargeOf = (orderNo: string | null) => (orderNo === null ? null : (charges.get(orderNo) ?? 'unknown'));
    const found = end.discrepancies.map(({ kind, orderNo, lineNumber }) => [kind, chargeOf(orderNo), lineNumber]);
    expect(found).toEqual(expected);
    const touched = new Set(expected.map(([, charge]) => charge));
    expect(end.settlements.map(({ orderNo }) => charges.get(orderNo))).toEqual(
      [...charges.values()].filter((charge) => !touched.has(charge)),
    );
    expect(end.discrepancies.every(({ kind, rawLine }) => (kind === 'missing') === (rawLine === null))).toBe(true);
  });

  it('a paid line for an order that another job has sent stops the line', async () => {
    const other = await applied((lines) => lines);
    const orderNo = `${other.prefix}0`;
    const { job, end } = await applied((lines) => mutated(lines, edit('noBranchOrder', orderNo), ''));
    expect(end.discrepancies.map(({ kind }) => kind)).toEqual(['unknown-order', 'missing']);
    const { items } = await world.get('line-stops?limit=1');
    expect(items).toMatchObject([
      { kind: 'charged-twice', evidence: { orderNo, jobId: other.job.id, resultOfJobId: job.id } },
    ]);
  });

  it('a payment that settled an order of another job settles none of this one', async () => {
    const other = await applied((lines) => lines);
    const taken = edit('tid', `TSTORE0004_${other.prefix}1`);
    const { prefix, end } = await applied((lines) => mutated(lines, taken, ''));
    expect(end.discrepancies.map(({ kind, orderNo }) => [kind, orderNo])).toEqual([
      ['transaction-shared', `${prefix}0`],
    ]);
    expect(end.settlements.map(({ orderNo }) => orderNo)).not.toContain(`${prefix}0`);
    expect(end.result.totals).toMatchObject({ paid: { count: 4 }, quarantined: { count: 1, amount: 1_600 } });
  });

  it('a payment that settles an order of another job while this one waits to be settled settles none of this one', async () => {
    const [first, second] = ['race-a-', 'race-b-'].map((prefix) => answersOf(prefix, CHARGES));
    const jobs: VerifiedJob[] = [];
    for (const asked of [first!, second!]) {
      const job = await world.verifiedJob(asked);
      const file = goodFile(MERCHANT_ID, asked);
      const lines = mutated(file.lines, edit('tid', 'TSTORE0004_race'), '');
      world.gateway.serve(job.gatewayJobId, fileBytes({ ...file, lines }));
      for (const stage of ['download', 'load', 'reconcile'] as const) expect(await world.run(stage)).toEqual(ONE_DONE);
      jobs.push(job);
    }
    // The first is settled; the second meets it, and is reconciled again.
    for (const stage of ['settle', 'settle', 'load', 'reconcile', 'settle'] as const) {
      expect([stage, await world.run(stage)]).toEqual([stage, ONE_DONE]);
    }
    const [settled, met] = await Promise.all(jobs.map((job) => world.end(job)));
    expect(settled?.settlements.map(({ orderNo }) => orderNo)).toContain('race-a-0');
    expect(met?.settlements.map(({ orderNo }) => orderNo)).toEqual([
      'race-b-1',
      'race-b-2',
      'race-b-3',
      'race-b-4',
      'race-b-5',
    ]);
    expect(met?.discrepancies.map(({ kind, orderNo }) => [kind, orderNo])).toEqual([
      ['transaction-shared', 'race-b-0'],
    ]);
  });

  it('the order of the lines changes nothing but the numbers of the lines', async () => {
    const straight = await applied((lines) => mutated(lines, edit('amtTms', '99'), ''));
    const turned = await applied((lines) => mutated(lines, edit('amtTms', '99'), '').reverse());
    const withoutNames = ({ end, prefix }: typeof straight) =>
      JSON.parse(
        JSON.stringify({ ...end, result: { totals: end.result.totals, findings: end.result.findings } })
          .replaceAll(prefix, '')
          .replaceAll(/"lineNumber":\d+/g, '"lineNumber":0'),
      );
    expect(withoutNames(turned)).toEqual(withoutNames(straight));
  });
});
