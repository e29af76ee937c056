import fc from 'fast-check';
import { LIST_FIELDS, type ListField, type ListedTransaction, type ReadsListFiles } from '../../gateways';
import { readStatedColumns } from './list-file-columns';
import { ListFileReader, looksOf } from './list-file-reader';
import type { ListRow } from './list-row';

const KINDS: Record<string, ListedTransaction['kind']> = { 결제: 'payment', 취소: 'refund', 실패: 'other' };
const READS: ReadsListFiles = {
  headings: Object.fromEntries(LIST_FIELDS.map((field) => [field, [field]])) as unknown as Record<ListField, string[]>,
  kindOf: (word) => KINDS[word],
};
const HEADER = 'transactionId,orderNo,amount,at,kind';

async function* streamOf(chunks: readonly (string | Buffer)[]): AsyncGenerator<Buffer> {
  for (const chunk of chunks) yield await Promise.resolve(Buffer.from(chunk as string));
}

async function read(content: string | Buffer, options: { columns?: string; cuts?: Buffer[] } = {}) {
  const { encoding } = await looksOf(streamOf([content]));
  const reader = new ListFileReader(READS, readStatedColumns(options.columns ?? '') ?? new Map(), encoding);
  const rows: ListRow[] = [];
  for await (const batch of reader.rows(streamOf(options.cuts ?? [content]))) rows.push(...batch);
  return { rows, faults: reader.faults.reported, reader };
}

const line = (tid: string, rest = '1000,2026-11-28 16:26:24,결제'): string => `${tid},order-${tid},${rest}`;

describe('ListFileReader', () => {
  it.each([
    ['1000', 1_000],
    ['"12,000"', 12_000],
    ['₩1000', 1_000],
    ['1000원', 1_000],
    ['1000.00', 1_000],
    ['"=""1000"""', 1_000],
    ['15.000', null],
    ['"1,00"', null],
    ['1000000000000000', null],
    ['일천', null],
    ['', null],
  ])('reads the amount %s as %p', async (text, amount) => {
    const { rows, faults } = await read(`${HEADER}\n${line('T1', `${text},2026-11-28,결제`)}`);
    expect(rows.map((row) => row.amount)).toEqual(amount === null ? [] : [amount]);
    expect(faults.map(({ line, field }) => [line, field])).toEqual(amount === null ? [[2, 'amount']] : []);
  });

  it.each([
    ['2026-11-28 16:26:24', '2026-11-28T07:26:24.000Z'],
    ['2026-11-28T16:26:24', '2026-11-28T07:26:24.000Z'],
    ['2026.11.28 16:26', '2026-11-28T07:26:00.000Z'],
    ['2026/1/8 06:26:24', '2026-01-07T21:26:24.000Z'],
    ['20261128162624', '2026-11-28T07:26:24.000Z'],
    ['2026. 11. 28.', '2026-11-27T15:00:00.000Z'],
    ['2026-02-30', null],
    ['2026-11-28 24:00:00', null],
    ['28/11/2026', null],
  ])('reads the time %s as Seoul’s %p', async (text, at) => {
    const { rows, faults } = await read(`${HEADER}\n${line('T1', `1000,${text},결제`)}`);
    expect(rows.map((row) => row.at.toISOString())).toEqual(at === null ? [] : [at]);
    expect(faults.map(({ field }) => field)).toEqual(at === null ? ['at'] : []);
  });

  it('goes by the sign where there is no word, passes over what moved nothing, titles, blank lines and totals', async () => {
    const signed = `내역\n조회기간,2026-11\n\ntransactionId,orderNo,amount,at\nT1,o,1000,2026-11-28\nT1,o,-400,2026-11-28\n\n합계,,600,`;
    const { rows, reader } = await read(signed);
    expect(rows.map(({ kind, amount, line: at }) => [kind, amount, at])).toEqual([
      ['payment', 1_000, 5],
      ['refund', 400, 6],
    ]);
    expect(reader.ignoredCount).toBe(1);
    const worded = await read(`${HEADER}\n${line('T1', '-5,2026-11-28,취소')}\n${line('T2', '5,2026-11-28,실패')}`);
    expect([worded.rows.map((row) => row.amount), worded.reader.ignoredCount]).toEqual([[5], 1]);
  });

  it('makes the fee of the payout, or the payout of the fee, and adds the VAT of fees', async () => {
    const { rows } = await read(
      `${HEADER},fee,feeVat,payOut\nT1,o,1000,2026-11-28,결제,-30,3,\nT2,o,1000,2026-11-28,결제,,,967`,
    );
    expect(rows.map(({ fee, payOut }) => [fee, payOut])).toEqual([
      [33, 967],
      [33, 967],
    ]);
    expect((await read(`${HEADER}\n${line('T1')}`)).rows[0]).toMatchObject({ fee: null, payOut: null });
  });

  it.each(['amount', 'amount:', 'colour:x', 'amount:x,amount:y'])('refuses columns stated as %s', (text) => {
    expect(readStatedColumns(text)).toBeUndefined();
  });

  it('goes by what is stated alone, and misses it where it is not there', async () => {
    const stated = await read(`transactionId,orderNo,amount,won,at\nT1,o,1,2,2026-11-28`, { columns: 'amount: Won' });
    expect(stated.rows.map((row) => row.amount)).toEqual([2]);
    const missed = await read(`${HEADER}\n${line('T1')}`, { columns: 'fee:없음' });
    expect(missed.faults).toEqual([{ line: 1, field: 'fee', expected: expect.stringContaining('없음') }]);
  });

  it('tells of a line that is too long, and reads on behind it', async () => {
    const { rows, faults } = await read(`${HEADER}\n${line('T1')}\n${line('x'.repeat(9_000))}\n${line('T3')}`);
    expect(faults).toEqual([{ line: 3, expected: 'at most 8192 bytes' }]);
    expect(rows.map(({ transactionId, line: at }) => [transactionId, at])).toEqual([
      ['T1', 2],
      ['T3', 4],
    ]);
  });

  it('reads the same however the file is cut', async () => {
    const piece = fc.constantFrom(
      line('T1'),
      line('T2', '"1,000",2026-11-28,취소'),
      '',
      'x',
      line('한'),
      line('T5', '1,2,3'),
    );
    await fc.assert(
      fc.asyncProperty(
        fc.array(piece, { maxLength: 10 }),
        fc.array(fc.nat(600), { maxLength: 6 }),
        async (pieces, at) => {
          const bytes = Buffer.from([HEADER, ...pieces].join('\r\n'));
          const places = [0, ...at.map((one) => one % (bytes.length + 1)).sort((a, b) => a - b), bytes.length];
          const cuts = places.slice(1).map((end, index) => bytes.subarray(places[index], end));
          const [cutUp, whole] = [await read(bytes, { cuts }), await read(bytes)];
          expect([cutUp.rows, cutUp.faults]).toEqual([whole.rows, whole.faults]);
        },
      ),
      { numRuns: 50 },
    );
  });
});
