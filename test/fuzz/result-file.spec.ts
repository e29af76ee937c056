import fc from 'fast-check';
import { ResultFileParser, countDataRows, readRawLines } from '../../src/gateways/tstore';
import { chunksOf } from '../../src/platform/lines';
import { fileBytes, goodFile } from '../support/result-file-model';
import { isBlankLine, readLine } from '../support/result-file-oracle';
import { answersOf } from '../support/result-answers';
import { resultLinesOf, type ResultLine } from '../support/result-lines';
import { endlessly } from './endless';
import { FUZZ_SEED, FUZZ_TIMEOUT_MS, UNSTORABLE, cutAt, cuts, fuzzing, hostile, savedCases } from './fuzz';

const RAW_LIMIT = 16_384;
/** What the parser keeps is less than a line; the rest is what the process has not given back yet. */
const MOST_GROWN_MEGABYTES = 150;

const CASES = savedCases('result-file');
const GOOD = fileBytes(goodFile('skpcorp', answersOf('fuzz-', 12)));

describe(`the result file parser, given hostile files (seed ${FUZZ_SEED})`, () => {
  it.each(CASES.map(({ name, bytes }) => [name, bytes] as const))('accounts for every line of %s', async (_, bytes) => {
    await expectEveryLineAccountedFor(bytes, [0.3, 0.31, 0.7]);
  });

  it(
    'accounts for every line of any of them, and of a good file, however edited and cut',
    async () => {
      await fc.assert(
        fc.asyncProperty(hostile([GOOD, ...CASES.map(({ bytes }) => bytes)]), cuts, expectEveryLineAccountedFor),
        fuzzing(300),
      );
    },
    FUZZ_TIMEOUT_MS,
  );

  it.each<[number, string, string | Buffer, number]>([
    [200, 'without a newline', 'x'.repeat(65_536), 0],
    [200, 'of commas', ','.repeat(65_536), 0],
    [200, 'of NULs', '\0'.repeat(65_536), 0],
    [200, 'of halves of characters', Buffer.alloc(65_536, 0xeb), 0],
    [100, 'of lines a little too long', `${'y'.repeat(16_385)}\n`.repeat(3), 3],
    [20, 'of blank lines', '\n'.repeat(65_536), 0],
    [20, 'of blank lines of Windows', '\r\n'.repeat(32_768), 0],
    [20, 'of lines of blanks', '  \t \r\n'.repeat(16_384), 0],
    [1, 'of lines of one character', 'x\n'.repeat(1_000), 1_000],
  ])('reads %i MB %s in bounded memory and time', async (megabytes, _, piece, linesOfPiece) => {
    const { source, pieces, memory } = endlessly(piece, megabytes);
    let lines = 0;
    const parser = new ResultFileParser();
    const count = (): void => void (lines += 1);
    for await (const chunk of chunksOf(source)) parser.scan(chunk, count);
    parser.scanEnd(count);
    const isOneLine = linesOfPiece === 0 && !piece.includes('\n');
    expect(lines).toBe(isOneLine ? 1 : linesOfPiece * pieces);
    expect(memory.grownMegabytes()).toBeLessThan(MOST_GROWN_MEGABYTES);
  });

  /** By the parser, by the oracle that reads each line the slow and plain way, and by those who count and find lines. */
  async function expectEveryLineAccountedFor(bytes: Buffer, places: readonly number[]): Promise<void> {
    const lines = resultLinesOf(cutAt(bytes, places));
    const rows = plainRows(bytes);
    expect(lines.map(({ lineNumber }) => lineNumber)).toEqual(rows.map(({ lineNumber }) => lineNumber));
    expect(lines.map(reasonOf)).toEqual(rows.map(({ malformed }) => malformed));
    lines.forEach((line, index) => {
      const texts = Object.values(line).filter((value) => typeof value === 'string');
      expect(texts.filter((text) => UNSTORABLE.test(text))).toEqual([]);
      if (line.kind === 'parsed') expect(columnsOf(line)).toEqual(rows[index]?.columns.slice(6, 13));
    });
    expect(await countedRows(bytes)).toBe(rows.length);
    expect(await rawLines(bytes)).toEqual(rows.map(({ bytes: row }) => row.subarray(0, RAW_LIMIT).toString('latin1')));
  }
});

function plainRows(bytes: Buffer): ReturnType<typeof readLine>[] {
  const text = bytes.toString('latin1').replace(/^\u00ef\u00bb\u00bf/, '');
  const filled = text
    .split('\n')
    .map((line, index) => ({ lineNumber: index + 1, bytes: Buffer.from(line.replace(/\r$/, ''), 'latin1') }))
    .filter((line) => !isBlankLine(line.bytes));
  const hasHeader = /^id(,|$)/i.test(filled[0]?.bytes.toString('latin1') ?? '');
  return filled.slice(hasHeader ? 1 : 0).map(readLine);
}

function reasonOf(line: ResultLine): string | null {
  return line.kind === 'malformed' ? line.malformed : null;
}

/** From the order number to the result code, as the file writes them. */
function columnsOf(line: Extract<ResultLine, { kind: 'parsed' }>): (string | undefined)[] {
  const { orderNo, amount, carrierAmount, creditCardAmount, tmembershipAmount, transactionId, resultCode } = line;
  const amounts = [amount, carrierAmount, creditCardAmount, tmembershipAmount].map(String);
  return [orderNo, ...amounts, transactionId ?? expect.stringMatching(/^(None)?$/), resultCode];
}

async function countedRows(bytes: Buffer): Promise<number> {
  const counter = countDataRows();
  counter.resume().end(bytes);
  await new Promise((resolve) => counter.once('close', resolve));
  return counter.rowCount;
}

async function rawLines(bytes: Buffer): Promise<string[]> {
  const found: string[] = [];
  const numbers = resultLinesOf([bytes]).map(({ lineNumber }) => lineNumber);
  for await (const { raw } of readRawLines(chunks(bytes), numbers)) found.push(raw.toString('latin1'));
  return found;
}

async function* chunks(bytes: Buffer): AsyncGenerator<Buffer> {
  yield await Promise.resolve(bytes);
}
