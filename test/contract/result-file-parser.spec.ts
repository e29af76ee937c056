import { pipeline } from 'node:stream/promises';
import fc from 'fast-check';
import { ResultFileParser, countDataRows } from '../../src/gateways/tstore';
import { MAX_RESULT_LINE_BYTES } from '../../src/gateways/tstore/result-file/result-file-rules';
import { RESULT_FILE_COLUMNS } from '../../src/gateways/tstore/wire';
import { resultLinesOf, type ResultLine } from '../support/result-lines';

const HEADER = RESULT_FILE_COLUMNS.join(',');
const TOKEN = 'AB'.repeat(32);

function line(changes: Partial<Record<(typeof RESULT_FILE_COLUMNS)[number], string>> = {}): string {
  const columns = {
    id: '1',
    cmId: 'skpcorp',
    bid: 'skplanet',
    billingToken: TOKEN,
    productId: '0910024116',
    nmProduct: '동영상 클라우드 어린이TV',
    noBranchOrder: 'tx_my00001111',
    amtReqPurchase: '1000',
    amtCarrier: '700',
    amtCreditCard: '200',
    amtTms: '100',
    tid: 'TSTORE0004_20150910010101000000000000001',
    cdResult: '0000',
    msgResult: '정상',
    ...changes,
  };
  return RESULT_FILE_COLUMNS.map((name) => columns[name]).join(',');
}

function parse(...chunks: (string | Buffer)[]): ResultLine[] {
  return resultLinesOf(chunks.map((chunk) => Buffer.from(chunk as string)));
}

function malformedOf(content: string | Buffer): string[] {
  return parse(content).map((parsed) => (parsed.kind === 'malformed' ? parsed.malformed : 'parsed'));
}

/** Cuts bytes at the given places; what a network does to a file. */
function cut(bytes: Buffer, places: readonly number[]): Buffer[] {
  const sorted = [0, ...places.map((place) => place % (bytes.length + 1)).sort((a, b) => a - b), bytes.length];
  return sorted.slice(1).map((end, index) => bytes.subarray(sorted[index], end));
}

describe('ResultFileParser', () => {
  it('reads every column in our words', () => {
    expect(parse(`${HEADER}\n${line()}`)).toEqual([
      {
        kind: 'parsed',
        lineNumber: 2,
        merchantId: 'skpcorp',
        bid: 'skplanet',
        billingToken: TOKEN,
        storeProductId: '0910024116',
        productName: '동영상 클라우드 어린이TV',
        orderNo: 'tx_my00001111',
        amount: 1000,
        carrierAmount: 700,
        creditCardAmount: 200,
        tmembershipAmount: 100,
        transactionId: 'TSTORE0004_20150910010101000000000000001',
        resultCode: '0000',
        resultMessage: '정상',
      },
    ]);
  });

  it.each(['None', ''])('reads the transaction id %p as none', (tid) => {
    expect(parse(line({ tid, cdResult: '8101' }))[0]).toMatchObject({ transactionId: null, resultCode: '8101' });
  });

  it('takes an empty message, product name and token as they are', () => {
    const [parsed] = parse(line({ msgResult: '', nmProduct: '', billingToken: '' }));
    expect(parsed).toMatchObject({ kind: 'parsed', resultMessage: '', productName: '', billingToken: '' });
  });

  it('keeps amounts that do not add up for the reconciliation to find', () => {
    expect(parse(line({ amtCarrier: '1' }))[0]).toMatchObject({ kind: 'parsed', amount: 1000, carrierAmount: 1 });
  });

  it.each([
    ['LF and no newline at the end', `${HEADER}\n${line()}\n${line()}`],
    ['a final newline', `${HEADER}\n${line()}\n${line()}\n`],
    ['CRLF', `${HEADER}\r\n${line()}\r\n${line()}\r\n`],
    ['a byte order mark', `\uFEFF${HEADER}\n${line()}\n${line()}`],
    ['blank lines at the end', `${HEADER}\n${line()}\n${line()}\n\n\r\n\n`],
    ['blanks at the end', `${HEADER}\n${line()}\n${line()}\n  \n\t \r\n `],
    ['a header in other case', `${HEADER.toUpperCase()}\n${line()}\n${line()}`],
  ])('reads the same lines with %s', (_name, content) => {
    const [expected] = parse(`${HEADER}\n${line()}`);
    expect(parse(content)).toEqual([expected, { ...expected, lineNumber: 3 }]);
  });

  it('counts the lines of a file without header from its first line', () => {
    expect(parse(`${line()}\n${line()}`).map(({ lineNumber }) => lineNumber)).toEqual([1, 2]);
    expect(parse(`\uFEFF${line()}`)[0]).toMatchObject({ kind: 'parsed', lineNumber: 1 });
  });

  it.each([
    ['expected', `${HEADER}\n${line()}`],
    ['expected', `${HEADER.replace('amtTms', 'amtRms')}\n${line()}`],
    ['other', `${HEADER.replace('tid,cdResult', 'cdResult,tid')}\n${line()}`],
    ['other', `id\n${line()}`],
    ['absent', line()],
    ['absent', `identity,${line()}`],
    ['unread', ''],
    ['unread', '\uFEFF\n\r\n'],
  ])('says that the header is %s', (expected, content) => {
    const parser = new ResultFileParser();
    resultLinesOf([Buffer.from(content)], parser);
    expect(parser.header).toBe(expected);
  });

  it('takes a second header for a line, not for a header', () => {
    expect(malformedOf(`${HEADER}\n${line()}\n${HEADER}\n`)).toEqual(['parsed', 'unreadable-amount']);
  });

  it.each([
    ['wrong-column-count', `${line()},`],
    ['wrong-column-count', line().slice(line().indexOf(',') + 1)],
    ['wrong-column-count', line({ msgResult: 'no, thanks' })],
    ['wrong-column-count', ' x '],
    ['line-too-long', ' '.repeat(MAX_RESULT_LINE_BYTES + 1)],
    ['unreadable-amount', line({ amtReqPurchase: '1,000'.replace(',', '.') })],
    ['unreadable-amount', line({ amtReqPurchase: '' })],
    ['unreadable-amount', line({ amtCarrier: '-1' })],
    ['unreadable-amount', line({ amtCreditCard: '01' })],
    ['unreadable-amount', line({ amtTms: ' 0' })],
    ['unreadable-amount', line({ amtTms: '0\t' })],
    ['unreadable-amount', line({ amtTms: '９' })],
    ['unreadable-amount', line({ amtReqPurchase: '9007199254740992' })],
    ['unreadable-amount', line({ amtReqPurchase: '9'.repeat(40) })],
    ['no-order-number', line({ noBranchOrder: '' })],
    ['no-result-code', line({ cdResult: '' })],
    ['nul-byte', line({ msgResult: 'a\0b' })],
    ['line-too-long', 'x'.repeat(MAX_RESULT_LINE_BYTES + 1)],
  ])('quarantines a line with %s and reads its neighbours', (reason, bad) => {
    expect(malformedOf(`${line()}\n${bad}\n${line()}`)).toEqual(['parsed', reason, 'parsed']);
  });

  it('reads the largest amount', () => {
    const [parsed] = parse(line({ amtReqPurchase: '9007199254740991' }));
    expect(parsed).toMatchObject({ kind: 'parsed', amount: Number.MAX_SAFE_INTEGER });
  });

  it('finds broken UTF-8 in one line and keeps the Hangul of its neighbours', () => {
    const broken = Buffer.concat([Buffer.from(line()).subarray(0, -1), Buffer.from('\n')]);
    const lines = parse(Buffer.concat([Buffer.from(`${line()}\n`), broken, Buffer.from(line())]));
    expect(lines).toMatchObject([
      { kind: 'parsed', resultMessage: '정상' },
      { kind: 'malformed', lineNumber: 2, malformed: 'invalid-utf8' },
      { kind: 'parsed', resultMessage: '정상' },
    ]);
  });

  it('reads a line of just the longest length, whatever its end and wherever it is cut', () => {
    const padding = MAX_RESULT_LINE_BYTES - Buffer.byteLength(line({ msgResult: '' }));
    const longest = line({ msgResult: 'm'.repeat(padding) });
    for (const content of [longest, `\uFEFF${longest}\r\n`]) {
      const bytes = Buffer.from(content);
      expect(malformedOf(bytes)).toEqual(['parsed']);
      expect(parse(...cut(bytes, [1, 2, bytes.length - 2, bytes.length - 1]))).toEqual(parse(bytes));
    }
    expect(malformedOf(`\uFEFF${longest}m\r\n`)).toEqual(['line-too-long']);
  });
});

describe('ResultFileParser on any bytes', () => {
  const piece = fc.oneof(
    { weight: 4, arbitrary: fc.constantFrom(line(), HEADER, 'id', 'ID,', '\uFEFF', ',', '한글', 'None', '0000') },
    { weight: 4, arbitrary: fc.constantFrom('\n', '\r\n', '\r', '\n\n') },
    { weight: 1, arbitrary: fc.constantFrom('\0', 'y'.repeat(MAX_RESULT_LINE_BYTES - 1)) },
    { weight: 2, arbitrary: fc.string({ maxLength: 20 }) },
  );
  const bytes = fc.oneof(
    fc.array(piece, { maxLength: 12 }).map((pieces) => Buffer.from(pieces.join(''))),
    fc
      .tuple(fc.array(piece, { maxLength: 6 }), fc.uint8Array({ maxLength: 30 }), fc.array(piece, { maxLength: 6 }))
      .map(([before, noise, after]) =>
        Buffer.concat([Buffer.from(before.join('')), noise, Buffer.from(after.join(''))]),
      ),
  );
  const places = fc.array(fc.nat(40_000), { maxLength: 12 });

  it('gives the same lines however the bytes are cut', () => {
    fc.assert(
      fc.property(bytes, places, (content, cuts) => {
        expect(parse(...cut(content, cuts))).toEqual(parse(content));
      }),
      { numRuns: 500 },
    );
  });

  it('gives the same lines one byte at a time', () => {
    const content = Buffer.from(`\uFEFF${HEADER}\r\n${line()}\r\n\n${line()},\n${line()}`);
    expect(parse(...Array.from(content, (byte) => Buffer.from([byte])))).toEqual(parse(content));
  });

  it('accounts for every line that is neither header nor blank, once and in order', () => {
    fc.assert(
      fc.property(bytes, (content) => {
        const numbers = parse(content).map(({ lineNumber }) => lineNumber);
        expect(numbers).toEqual(expectedLineNumbers(content));
      }),
      { numRuns: 500 },
    );
  });

  it('agrees with the counter that runs beside a download', async () => {
    await fc.assert(
      fc.asyncProperty(bytes, places, async (content, cuts) => {
        const counter = countDataRows();
        await pipeline(cut(content, cuts), counter.resume());
        expect(counter.rowCount).toBe(parse(content).length);
      }),
      { numRuns: 500 },
    );
  });

  it('gives no text that PostgreSQL would refuse', () => {
    fc.assert(
      fc.property(bytes, (content) => {
        const texts = parse(content).flatMap((parsed) =>
          Object.values(parsed).filter((value) => typeof value === 'string'),
        );
        expect(texts.filter((text) => /[\0\p{Cs}]/u.test(text))).toEqual([]);
      }),
    );
  });

  /** The slow and plain way to say which lines must come out. */
  function expectedLineNumbers(content: Buffer): number[] {
    const text = content.toString('latin1').replace(/^\u00ef\u00bb\u00bf/, '');
    const lines = text.split('\n').map((each) => each.replace(/\r$/, ''));
    const numbers = lines.flatMap((each, index) => (/^[ \t\r]*$/.test(each) ? [] : [index + 1]));
    const first = numbers[0];
    const isHeader = first !== undefined && /^id(,|$)/i.test(lines[first - 1] as string);
    return isHeader ? numbers.slice(1) : numbers;
  }
});
