import fc from 'fast-check';
import { createHash } from 'node:crypto';
import {
  REQUEST_FILE_HEADER,
  RequestFileReader,
  type NumberedRequestRow,
  type RequestFileVerdict,
} from '../../src/gateways/tstore';
import { MAX_REPORTED_FAULTS } from '../../src/kernel/fault-list';
import { requestFile, sampleFile } from '../support/request-files';
import { endlessly } from './endless';
import { FUZZ_SEED, FUZZ_TIMEOUT_MS, UNSTORABLE, cutAt, cuts, fuzzing, hostile, savedCases } from './fuzz';
import { judgeRequestFile } from './request-file-oracle';

const MERCHANT = 'skpcorp';
const MOST_GROWN_MEGABYTES = 150;
const CASES = savedCases('request-file');
const GOOD = [sampleFile(), requestFile(12, 'fuzz-')].map((text) => Buffer.from(text));

describe(`the request file reader, given hostile files (seed ${FUZZ_SEED})`, () => {
  it.each(CASES.map(({ name, bytes }) => [name, bytes] as const))('accounts for every line of %s', async (_, bytes) => {
    await expectEveryLineAccountedFor(bytes, [0.3, 0.31, 0.7]);
  });

  it(
    'accounts for every line of any of them, and of a good file, however edited and cut',
    async () => {
      await fc.assert(
        fc.asyncProperty(hostile([...GOOD, ...CASES.map(({ bytes }) => bytes)]), cuts, expectEveryLineAccountedFor),
        fuzzing(500),
      );
    },
    FUZZ_TIMEOUT_MS,
  );

  it('takes its good files, so that what is above is not all about refusals', async () => {
    for (const bytes of GOOD) expect((await read([bytes])).verdict.kind).toBe('accepted');
  });

  it.each<[number, string, string | Buffer]>([
    [200, 'without a newline', 'x'.repeat(65_536)],
    [200, 'of NULs', '\0'.repeat(65_536)],
    [200, 'of halves of characters', Buffer.alloc(65_536, 0xeb)],
    [20, 'of blank lines', '\n'.repeat(65_536)],
    [1, 'of lines of one character', 'x\n'.repeat(1_000)],
    [20, 'of lines a little too long', `${'y'.repeat(4_097)}\n`.repeat(10)],
  ])('reads %i MB %s behind a good header in bounded memory and time', async (megabytes, _, piece) => {
    const { source, memory } = endlessly(piece, megabytes);
    const { verdict, rows } = await read(behindHeader(source));
    expect(rows).toEqual([]);
    const reported = verdict.kind === 'refused' ? verdict.faults.length : 0;
    expect([0 < reported, reported <= MAX_REPORTED_FAULTS]).toEqual([true, true]);
    expect(memory.grownMegabytes()).toBeLessThan(MOST_GROWN_MEGABYTES);
  });

  async function expectEveryLineAccountedFor(bytes: Buffer, places: readonly number[]): Promise<void> {
    const plain = judgeRequestFile(bytes, MERCHANT);
    const { verdict, rows } = await read(cutAt(bytes, places));
    if (verdict.kind === 'accepted') {
      expect(plain.faultyLines).toEqual([]);
      expect([verdict.lineCount, rows.length]).toEqual([plain.filledLines, plain.filledLines]);
      expect(BigInt(verdict.totalAmount)).toBe(plain.totalAmount);
      expect(rows.map(lineOf)).toEqual(plain.goodLines.map((line) => Buffer.from(line, 'latin1').toString('utf8')));
      expect(verdict.contentSha256).toBe(plainDigest(plain.goodLines));
      expect(rows.filter((row) => UNSTORABLE.test(lineOf(row)))).toEqual([]);
      return;
    }
    const reported = [...new Set(verdict.faults.map(({ line }) => line))];
    const isAllReported = verdict.faultCount <= MAX_REPORTED_FAULTS;
    expect(reported).toEqual(plain.faultyLines.slice(0, isAllReported ? undefined : reported.length));
    expect(verdict.faultCount).toBeGreaterThanOrEqual(plain.faultyLines.length);
    expect(verdict.faults.length).toBe(Math.min(verdict.faultCount, MAX_REPORTED_FAULTS));
    expect(rows.length).toBeLessThanOrEqual(plain.goodLines.length);
  }
});

async function read(
  source: Iterable<Buffer> | AsyncIterable<Buffer>,
): Promise<{ verdict: RequestFileVerdict; rows: NumberedRequestRow[] }> {
  const reader = new RequestFileReader(MERCHANT);
  const rows: NumberedRequestRow[] = [];
  for await (const batch of reader.rows(asynchronous(source))) rows.push(...batch);
  return { verdict: reader.verdict, rows };
}

async function* asynchronous(source: Iterable<Buffer> | AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  yield* source;
}

async function* behindHeader(source: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  yield Buffer.from(`${REQUEST_FILE_HEADER}\n`);
  yield* source;
}

function lineOf(row: NumberedRequestRow): string {
  const { merchantId, billingToken, storeProductId, productName, orderNo } = row;
  const amounts = [row.amount, row.carrierAmount, row.creditCardAmount, row.tmembershipAmount];
  return [merchantId, billingToken, storeProductId, productName, orderNo, ...amounts].join(',');
}

function plainDigest(lines: readonly string[]): string {
  const content = Buffer.from([REQUEST_FILE_HEADER, ...lines].join('\n'), 'latin1');
  return createHash('sha256').update(content).digest('hex');
}
