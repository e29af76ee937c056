import fc from 'fast-check';
import { createHash } from 'node:crypto';
import type { InputFault } from '../../../kernel/errors';
import { MAX_REPORTED_FAULTS } from '../../../kernel/fault-list';
import { MAX_CHARGE_WON } from '../../../kernel/won';
import { RequestFileReader, type RequestFileVerdict } from './request-file-reader';
import { MAX_REQUEST_LINE_BYTES, REQUEST_COLUMN_EXPECTATIONS, REQUEST_FILE_HEADER } from './request-file-rules';
import type { NumberedRequestRow } from './request-row';
import { REQUEST_FILE_COLUMNS } from '../wire';

const TOKEN_64 = '0123456789ABCDEF'.repeat(4);
const TOKEN_96 = '0123456789ABCDEF'.repeat(6);

function line(changes: Partial<Record<(typeof REQUEST_FILE_COLUMNS)[number], string>> = {}): string {
  const columns = {
    mid: 'skpcorp',
    billingToken: TOKEN_64,
    productId: '0910024116',
    nmProduct: 'IAP_consumable_1000',
    noBranchOrder: 'tx_my00001111',
    amtReqPurchase: '1000',
    amtCarrier: '1000',
    amtCreditCard: '0',
    amtRms: '0',
    ...changes,
  };
  return REQUEST_FILE_COLUMNS.map((name) => columns[name]).join(',');
}

interface Reading {
  rows: NumberedRequestRow[];
  verdict: RequestFileVerdict;
}

async function read(...chunks: (string | Buffer)[]): Promise<Reading> {
  const reader = new RequestFileReader('skpcorp');
  const rows: NumberedRequestRow[] = [];
  for await (const batch of reader.rows(streamOf(chunks))) rows.push(...batch);
  return { rows, verdict: reader.verdict };
}

async function* streamOf(chunks: readonly (string | Buffer)[]): AsyncGenerator<Buffer> {
  for (const chunk of chunks) yield await Promise.resolve(Buffer.from(chunk as string));
}

async function faultsOf(content: string | Buffer): Promise<readonly InputFault[]> {
  const { verdict } = await read(content);
  return verdict.kind === 'refused' ? verdict.faults : [];
}

function cut(bytes: Buffer, places: readonly number[]): Buffer[] {
  const sorted = [0, ...places.map((place) => place % (bytes.length + 1)).sort((a, b) => a - b), bytes.length];
  return sorted.slice(1).map((end, index) => bytes.subarray(sorted[index], end));
}

describe('RequestFileReader', () => {
  it('reads the gateway’s sample rows, Hangul name and both lengths of tokens included', async () => {
    const hangul = line({
      billingToken: TOKEN_96,
      nmProduct: '동영상 클라우드 어린이TV',
      noBranchOrder: 'tx_my00001112',
      amtReqPurchase: '9900',
      amtCarrier: '5000',
      amtCreditCard: '4000',
      amtRms: '900',
    });
    const content = `${REQUEST_FILE_HEADER}\n${line()}\n${hangul}`;
    const { rows, verdict } = await read(content);
    expect(rows).toEqual([
      {
        lineNumber: 2,
        merchantId: 'skpcorp',
        billingToken: TOKEN_64,
        storeProductId: '0910024116',
        productName: 'IAP_consumable_1000',
        orderNo: 'tx_my00001111',
        amount: 1000,
        carrierAmount: 1000,
        creditCardAmount: 0,
        tmembershipAmount: 0,
      },
      {
        lineNumber: 3,
        merchantId: 'skpcorp',
        billingToken: TOKEN_96,
        storeProductId: '0910024116',
        productName: '동영상 클라우드 어린이TV',
        orderNo: 'tx_my00001112',
        amount: 9900,
        carrierAmount: 5000,
        creditCardAmount: 4000,
        tmembershipAmount: 900,
      },
    ]);
    expect(verdict).toEqual({
      kind: 'accepted',
      lineCount: 2,
      totalAmount: 10_900,
      contentSha256: createHash('sha256').update(content).digest('hex'),
    });
  });

  it.each([
    ['a final newline', (lines: string[]) => `${lines.join('\n')}\n`],
    ['CRLF', (lines: string[]) => lines.join('\r\n')],
    ['CRLF and a final newline', (lines: string[]) => `${lines.join('\r\n')}\r\n`],
    ['a byte order mark', (lines: string[]) => `\uFEFF${lines.join('\n')}`],
    ['blank lines at the end', (lines: string[]) => `${lines.join('\n')}\n\n\r\n\n`],
    ['the ninth column called amtTms', (lines: string[]) => lines.join('\n').replace('amtRms', 'amtTms')],
  ])('reads the same content with %s', async (_name, write) => {
    const lines = [REQUEST_FILE_HEADER, line(), line({ noBranchOrder: 'tx_2', nmProduct: '월정액' })];
    expect(await read(write(lines))).toEqual(await read(lines.join('\n')));
  });

  it.each([
    ['nothing', ''],
    ['a byte order mark only', '\uFEFF'],
    ['a blank line first', `\n${REQUEST_FILE_HEADER}\n${line()}`],
    ['no header', `${line()}\n${line()}`],
    ['a header with another column', `${REQUEST_FILE_HEADER.replace('mid,', 'cmId,')}\n${line()}`],
    ['a header with its columns in another order', `billingToken,mid${REQUEST_FILE_HEADER.slice(16)}\n${line()}`],
    ['a header with a column too many', `${REQUEST_FILE_HEADER},x\n${line()}`],
    ['a picture', Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex')],
  ])('refuses a file with %s by one clear fault', async (_name, content) => {
    const { rows, verdict } = await read(content);
    expect(rows).toEqual([]);
    expect(verdict).toEqual({
      kind: 'refused',
      faultCount: 1,
      faults: [{ line: 1, expected: `the header ${REQUEST_FILE_HEADER}` }],
    });
  });

  it.each([REQUEST_FILE_HEADER, `${REQUEST_FILE_HEADER}\n\n`])('refuses a file without rows', async (content) => {
    expect(await faultsOf(content)).toEqual([{ line: 2, expected: 'at least one row after the header' }]);
  });

  it.each([
    ['mid', ['', 'skpcorp2', ' skpcorp', 'SKPCORP', '한']],
    ['billingToken', ['', TOKEN_64.toLowerCase(), TOKEN_64.slice(2), `${TOKEN_64.slice(1)}G`, `${TOKEN_96}AB`]],
    ['productId', ['', 'a b', '상품', 'x'.repeat(65), 'a/b', '.']],
    ['noBranchOrder', ['', 'a b', 'a;b', '주문', '..', 'x'.repeat(65)]],
    ['amtReqPurchase', ['', '0', '-1000', '1000.0', '01000', ' 1000', '1e3', '10000001', '9007199254740992']],
    ['amtCarrier', ['', '-0', '+1', 'x']],
    ['amtCreditCard', ['', '00']],
    ['amtRms', ['', '0 ']],
  ] as const)('refuses a wrong %s by line and column, never by value', async (field, values) => {
    for (const value of values) {
      const content = `${REQUEST_FILE_HEADER}\n${line({ noBranchOrder: 'before' })}\n${line({ [field]: value })}`;
      expect({ value, faults: await faultsOf(content) }).toEqual({
        value,
        faults: [{ line: 3, field, expected: REQUEST_COLUMN_EXPECTATIONS[field] }],
      });
    }
  });

  it.each([
    ['', '1 to 200 characters, not only blanks'],
    [' ', '1 to 200 characters, not only blanks'],
    ['a\tb', 'no U+0009 CHARACTER TABULATION (at position 2)'],
    ['a\0b', 'no U+0000 NULL (at position 2)'],
    ['a\u0085b', 'no U+0085 a control character (at position 2)'],
    ['어린이\u200BTV', 'no U+200B ZERO WIDTH SPACE (at position 4)'],
    ['TV\u202E', 'no U+202E RIGHT-TO-LEFT OVERRIDE (at position 3)'],
    ['TV ', 'no blanks around it, and its letters composed (Unicode NFC)'],
    ['\u1100\u1161', 'no blanks around it, and its letters composed (Unicode NFC)'],
    ['가'.repeat(201), 'at most 200 characters'],
    ['👍'.repeat(201), 'at most 200 characters'],
  ])('refuses the name %j, saying which character it is', async (nmProduct, expected) => {
    const content = `${REQUEST_FILE_HEADER}\n${line({ noBranchOrder: 'before' })}\n${line({ nmProduct })}`;
    expect(await faultsOf(content)).toEqual([{ line: 3, field: 'nmProduct', expected }]);
  });

  it('takes the longest values', async () => {
    const longest = line({
      productId: 'x'.repeat(64),
      nmProduct: '👍'.repeat(200),
      noBranchOrder: 'y'.repeat(64),
      amtReqPurchase: String(MAX_CHARGE_WON),
      amtCarrier: String(MAX_CHARGE_WON),
    });
    const { verdict } = await read(`${REQUEST_FILE_HEADER}\n${longest}`);
    expect(verdict).toMatchObject({ kind: 'accepted', totalAmount: MAX_CHARGE_WON });
  });

  it('refuses parts that do not add up', async () => {
    const off = line({ amtCreditCard: '1' });
    const expected = 'the sum of amtCarrier, amtCreditCard and amtRms';
    expect(await faultsOf(`${REQUEST_FILE_HEADER}\n${off}`)).toEqual([{ line: 2, field: 'amtReqPurchase', expected }]);
  });

  it.each([
    ['a column too few', 'skpcorp,1', '9 columns separated by commas, without quoting'],
    ['a quoted comma', line({ nmProduct: '"a,b"' }), '9 columns separated by commas, without quoting'],
    ['an endless line', 'x'.repeat(MAX_REQUEST_LINE_BYTES + 1), `at most ${MAX_REQUEST_LINE_BYTES} bytes`],
  ])('refuses a line with %s', async (_name, bad, expected) => {
    expect(await faultsOf(`${REQUEST_FILE_HEADER}\n${line()}\n${bad}\n${line()}`)).toEqual([{ line: 3, expected }]);
  });

  it.each([
    ['UTF-16, little end first', Buffer.from(`\uFEFF${REQUEST_FILE_HEADER}\r\n${line()}`, 'utf16le'), /UTF-16/],
    ['UTF-16 without a mark', Buffer.from(`${REQUEST_FILE_HEADER}\r\n${line()}`, 'utf16le'), /UTF-16/],
    ['semicolons', Buffer.from(`${REQUEST_FILE_HEADER}\n${line()}`.replaceAll(',', ';')), /by semicolons/],
    ['tabs', Buffer.from(`${REQUEST_FILE_HEADER}\n${line()}`.replaceAll(',', '\t')), /by tabs/],
    ['a workbook', Buffer.from('PK\x03\x04 and more'), /Excel workbook/],
  ])('says what a file of %s is, and how to save it', async (_what, content, said) => {
    const expected = expect.stringMatching(new RegExp(`${said.source}.*save it as “CSV UTF-8`));
    expect(await faultsOf(content)).toEqual([{ line: 1, expected }]);
  });

  it('refuses a line that is not UTF-8, and only that one', async () => {
    const euckr = Buffer.concat([Buffer.from(`${line()}\n`), Buffer.from([0xb5, 0xbf, 0xbf, 0xb5, 0x0a])]);
    const content = Buffer.concat([
      Buffer.from(`${REQUEST_FILE_HEADER}\n`),
      euckr,
      Buffer.from(line({ nmProduct: '한' })),
    ]);
    expect(await faultsOf(content)).toEqual([{ line: 3, expected: expect.stringMatching(/UTF-8.*CP949.*save it as/) }]);
  });

  it('refuses blank lines between rows, where a row may have got lost', async () => {
    const faults = await faultsOf(`${REQUEST_FILE_HEADER}\n${line()}\n${line()}\n\n\n${line()}\n\n`);
    expect(faults).toEqual([{ line: 4, expected: 'a row; blank lines may stand at the end only' }]);
  });

  it('reports every fault of a line, counts all of the file and tells the first hundred', async () => {
    const bad = line({ mid: 'other', amtCarrier: 'x', amtRms: 'y' });
    const { rows, verdict } = await read(`${REQUEST_FILE_HEADER}\n${`${bad}\n`.repeat(50)}`);
    expect(rows).toEqual([]);
    expect(verdict).toMatchObject({ kind: 'refused', faultCount: 150 });
    const faults = verdict.kind === 'refused' ? verdict.faults : [];
    expect(faults).toHaveLength(MAX_REPORTED_FAULTS);
    expect(faults.slice(0, 4).map((fault) => [fault.line, fault.field])).toEqual([
      [2, 'mid'],
      [2, 'amtCarrier'],
      [2, 'amtRms'],
      [3, 'mid'],
    ]);
  });

  it('hands over no row after the first fault', async () => {
    const { rows } = await read(`${REQUEST_FILE_HEADER}\n${line()}\n`, `nonsense\n${line()}\n`, `${line()}\n`);
    expect(rows.map(({ lineNumber }) => lineNumber)).toEqual([2]);
  });

  it('has no verdict before the file was read to its end', async () => {
    const reader = new RequestFileReader('skpcorp');
    const rows = reader.rows(streamOf([`${REQUEST_FILE_HEADER}\n${line()}\n`, line()]));
    await rows.next();
    await rows.return();
    expect(() => reader.verdict).toThrow('not read to its end');
  });
});

describe('RequestFileReader on any bytes', () => {
  const piece = fc.oneof(
    { weight: 4, arbitrary: fc.constantFrom(line(), line({ nmProduct: '어린이TV' }), '\uFEFF', ',', '한') },
    { weight: 4, arbitrary: fc.constantFrom('\n', '\r\n', '\r', '\n\n') },
    { weight: 1, arbitrary: fc.constantFrom('\0', 'z'.repeat(MAX_REQUEST_LINE_BYTES - 1)) },
    { weight: 1, arbitrary: fc.string({ maxLength: 20 }) },
  );
  const content = fc
    .tuple(fc.array(piece, { maxLength: 10 }), fc.uint8Array({ maxLength: 10 }), fc.array(piece, { maxLength: 4 }))
    .chain(([before, noise, after]) =>
      fc
        .constantFrom('', `${REQUEST_FILE_HEADER}\n`, `\uFEFF${REQUEST_FILE_HEADER}\r\n`)
        .map((header) => Buffer.concat([Buffer.from(header + before.join('')), noise, Buffer.from(after.join(''))])),
    );

  const good = fc
    .record({
      mark: fc.constantFrom('', '\uFEFF'),
      lineEnd: fc.constantFrom('\n', '\r\n'),
      rows: fc.array(fc.constantFrom(line(), line({ nmProduct: '어린이TV' }), line({ billingToken: TOKEN_96 })), {
        minLength: 1,
        maxLength: 8,
      }),
      ending: fc.constantFrom('', '\n', '\r\n', '\n\n\r\n'),
    })
    .map(({ mark, lineEnd, rows, ending }) => ({
      count: rows.length,
      bytes: Buffer.from(mark + [REQUEST_FILE_HEADER, ...rows].join(lineEnd) + ending),
    }));
  const places = fc.array(fc.nat(20_000), { maxLength: 12 });

  it('gives the same verdict on any bytes, however they are cut', async () => {
    await fc.assert(
      fc.asyncProperty(content, places, async (bytes, cuts) => {
        expect((await read(...cut(bytes, cuts))).verdict).toEqual((await read(bytes)).verdict);
      }),
      { numRuns: 300 },
    );
  });

  it('gives the same rows of a good file, one for each of its lines, however it is cut', async () => {
    await fc.assert(
      fc.asyncProperty(good, places, async ({ count, bytes }, cuts) => {
        const whole = await read(bytes);
        expect(whole.verdict).toMatchObject({ kind: 'accepted', lineCount: count });
        expect(whole.rows.map(({ lineNumber }) => lineNumber)).toEqual(
          Array.from({ length: count }, (_, at) => at + 2),
        );
        expect(await read(...cut(bytes, cuts))).toEqual(whole);
      }),
    );
  });

  it('never takes a file with fewer rows than it has lines', async () => {
    await fc.assert(
      fc.asyncProperty(content, async (bytes) => {
        const { rows, verdict } = await read(bytes);
        const lines = bytes.toString('latin1').split('\n').slice(1);
        const filled = lines.filter((each) => each.replace(/\r$/, '') !== '').length;
        const counts = verdict.kind === 'accepted' ? [verdict.lineCount, rows.length] : [filled, filled];
        expect(counts).toEqual([filled, filled]);
      }),
      { numRuns: 300 },
    );
  });
});
