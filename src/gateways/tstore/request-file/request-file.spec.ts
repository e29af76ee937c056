import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { DomainError } from '../../../kernel/errors';
import { faultOfText, normalizeText } from '../../../kernel/text';
import { won, type Won } from '../../../kernel/won';
import { RequestFileWriter } from './request-file';
import { RequestFileReader } from './request-file-reader';
import { REQUEST_FILE_HEADER } from './request-file-rules';
import type { RequestRow } from './request-row';

const ROW: RequestRow = {
  merchantId: 'skpcorp',
  billingToken: 'AB'.repeat(32),
  storeProductId: '0910024116',
  productName: '동영상 클라우드 어린이TV',
  orderNo: 'tx_my00001111',
  amount: won(1000),
  carrierAmount: won(700),
  creditCardAmount: won(200),
  tmembershipAmount: won(100),
};

async function write(...batches: RequestRow[][]): Promise<{ content: Buffer; writer: RequestFileWriter }> {
  const writer = new RequestFileWriter();
  const chunks: Buffer[] = [];
  for await (const chunk of writer.write(batches)) chunks.push(chunk);
  return { content: Buffer.concat(chunks), writer };
}

async function lineOf(row: RequestRow): Promise<string | undefined> {
  const { content } = await write([row]);
  return content.toString('utf8').split('\n')[1];
}

async function refusal(row: RequestRow): Promise<DomainError | undefined> {
  try {
    await write([row]);
    return undefined;
  } catch (error) {
    if (error instanceof DomainError) return error;
    throw error;
  }
}

describe('a line of a request file', () => {
  it('has the nine columns in the gateway’s order, unquoted', async () => {
    expect(await lineOf(ROW)).toBe(
      `skpcorp,${ROW.billingToken},0910024116,동영상 클라우드 어린이TV,tx_my00001111,1000,700,200,100`,
    );
  });

  it.each(['', 'a,b', 'a\nb', 'a\rb', 'a\tb', 'a\0', 'a\u0085', '\ud800', 'a\udc00b'])(
    'has no text like %j in any column; the refusal names the column and not the value',
    async (text) => {
      const error = await refusal({ ...ROW, productName: text, orderNo: text });
      expect(error?.code).toBe('invalid-request-file');
      expect(error?.details.faults).toEqual([
        { field: 'nmProduct', expected: 'text without comma and control characters' },
        { field: 'noBranchOrder', expected: 'text without comma and control characters' },
      ]);
    },
  );

  it.each(['"quoted"', "it's", ' ', '한글', '👍', 'a;b|c\\d'])('takes the text %j', async (text) => {
    expect(await lineOf({ ...ROW, productName: text })).toContain(`,${text},`);
  });

  it.each([
    { amount: won(999) },
    { carrierAmount: 700.5 as Won, creditCardAmount: 199.5 as Won },
    { carrierAmount: -100 as Won, creditCardAmount: won(1000) },
    { amount: Number.NaN as Won },
  ])('has no amounts that are not whole won adding up: %j', async (amounts) => {
    expect((await refusal({ ...ROW, ...amounts }))?.details.faults).toMatchObject([{ field: 'amtReqPurchase' }]);
  });
});

describe('RequestFileWriter', () => {
  it('writes header and rows with LF and no newline at the end, and knows what it wrote', async () => {
    const { content, writer } = await write(
      [ROW],
      [],
      [
        { ...ROW, orderNo: 'b' },
        { ...ROW, orderNo: 'c' },
      ],
    );
    const line = `skpcorp,${ROW.billingToken},0910024116,동영상 클라우드 어린이TV,tx_my00001111,1000,700,200,100`;
    const [b, c] = ['b', 'c'].map((orderNo) => line.replace('tx_my00001111', orderNo));
    expect(content.toString('utf8')).toBe(`${REQUEST_FILE_HEADER}\n${line}\n${b}\n${c}`);
    expect(writer.summary).toEqual({ lineCount: 3, totalAmount: 3000 });
  });

  it('streams a large batch in bounded chunks', async () => {
    const rows = Array.from({ length: 2_500 }, (_, index) => ({ ...ROW, orderNo: `o${index}` }));
    const sizes: number[] = [];
    const writer = new RequestFileWriter();
    for await (const chunk of writer.write([rows])) sizes.push(chunk.toString().split('\n').length - 1);
    expect(sizes).toEqual([0, 1_000, 1_000, 500]);
    expect(writer.summary.lineCount).toBe(2_500);
  });

  it('has no summary when a row was refused or the file was not taken to its end', async () => {
    const writer = new RequestFileWriter();
    const chunks = writer.write([[ROW, { ...ROW, productName: 'a,b' }]]);
    await chunks.next();
    await expect(chunks.next()).rejects.toThrow(DomainError);
    expect(() => writer.summary).toThrow('not written to its end');
  });

  it('writes what the reader reads back, row for row, with the digest the reader gives', async () => {
    const id = fc.stringMatching(/^[A-Za-z0-9._-]{0,63}[A-Za-z0-9]$/);
    const name = fc
      .string({ unit: 'grapheme', minLength: 1, maxLength: 100 })
      .map(normalizeText)
      .filter((text) => !text.includes(',') && faultOfText(text, 'line', 200) === undefined);
    const part = fc.integer({ min: 1, max: 3_000_000 }).map(won);
    const row = fc
      .tuple(fc.constantFrom('A1'.repeat(32), '0F'.repeat(48)), id, name, id, part, part, part)
      .map(
        ([billingToken, storeProductId, productName, orderNo, carrierAmount, creditCardAmount, tmembershipAmount]) => ({
          merchantId: 'skpcorp',
          billingToken,
          storeProductId,
          productName,
          orderNo,
          amount: won(carrierAmount + creditCardAmount + tmembershipAmount),
          carrierAmount,
          creditCardAmount,
          tmembershipAmount,
        }),
      );
    await fc.assert(
      fc.asyncProperty(fc.array(row, { minLength: 1, maxLength: 5 }), async (rows) => {
        const { content, writer } = await write(rows);
        const reader = new RequestFileReader('skpcorp');
        const found: RequestRow[] = [];
        for await (const batch of reader.rows(streamOf(content))) {
          found.push(...batch);
        }
        const { lineCount, totalAmount } = writer.summary;
        const contentSha256 = createHash('sha256').update(content).digest('hex');
        expect(found).toEqual(rows.map((each, index) => ({ ...each, lineNumber: index + 2 })));
        expect(reader.verdict).toEqual({ kind: 'accepted', lineCount, totalAmount, contentSha256 });
      }),
    );
  });
});

async function* streamOf(content: Buffer): AsyncGenerator<Buffer> {
  yield await Promise.resolve(content);
}
