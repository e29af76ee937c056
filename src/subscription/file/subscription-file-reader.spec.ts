import fc from 'fast-check';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { InputFault } from '../../kernel/errors';
import { MAX_REPORTED_FAULTS } from '../../kernel/fault-list';
import { seoulDate } from '../../kernel/seoul-calendar';
import { MAX_SUBSCRIPTION_LINE_BYTES } from './subscription-file-columns';
import { SubscriptionFileReader, type NumberedOrder } from './subscription-file-reader';
import { HEADER_EXPECTATION } from './subscription-row-reader';

const TODAY = seoulDate('2027-01-10');
const TOKEN = '0123456789ABCDEF'.repeat(4);
const HEADER = 'customerReference,storeProductId,billingToken,startedOn';
const FULL_HEADER = `${HEADER},anchorDay,intervalMonths,trialUntil,endsOn,nextBillingOn,amountOverride,carrierAmountOverride,creditCardAmountOverride,tmembershipAmountOverride`;

interface Reading {
  orders: NumberedOrder[];
  faults: readonly InputFault[];
  reader: SubscriptionFileReader;
}

async function read(...chunks: (string | Buffer)[]): Promise<Reading> {
  const reader = new SubscriptionFileReader(TODAY);
  const orders: NumberedOrder[] = [];
  for await (const batch of reader.orders(streamOf(chunks))) orders.push(...batch);
  return { orders, faults: reader.faults.reported, reader };
}

async function* streamOf(chunks: readonly (string | Buffer)[]): AsyncGenerator<Buffer> {
  for (const chunk of chunks) yield await Promise.resolve(Buffer.from(chunk as string));
}

function line(customer: string, rest = '2027-01-31'): string {
  return `${customer},0910024116,${TOKEN},${rest}`;
}

describe('SubscriptionFileReader', () => {
  it.each([
    ['UTF-16, little end first', Buffer.from(`\uFEFF${HEADER}\r\n${line('a')}`, 'utf16le'), /UTF-16/],
    ['UTF-16, big end first', Buffer.from(`\uFEFF${HEADER}\r\n${line('a')}`, 'utf16le').swap16(), /UTF-16/],
    ['semicolons', Buffer.from(`${HEADER}\n${line('a')}`.replaceAll(',', ';')), /by semicolons/],
    ['tabs', Buffer.from(`${HEADER}\n${line('a')}`.replaceAll(',', '\t')), /by tabs/],
    ['a workbook', Buffer.from('PK\x03\x04 and more'), /Excel workbook/],
  ])('says what a file of %s is, and how to save it', async (_what, content, said) => {
    const { faults, reader } = await read(content);
    const expected = expect.stringMatching(new RegExp(`${said.source}.*save it as “CSV UTF-8`));
    expect(faults).toEqual([{ line: 1, expected }]);
    expect(reader.headerIsWrong).toBe(true);
  });

  it('reads the terms that are stated and leaves out those that are empty', async () => {
    const full = line('고객-1', '2026-12-01,31,3,2027-02-28,2028-01-01,,1000,400,0,600');
    const plain = line('고객-2', '2027-01-31,,,,,,,,,');
    const { orders, faults } = await read(`${FULL_HEADER}\n${full}\n${plain}`);
    expect(faults).toEqual([]);
    expect(orders).toEqual([
      {
        lineNumber: 2,
        customerReference: '고객-1',
        storeProductId: '0910024116',
        billingToken: TOKEN,
        startedOn: '2026-12-01',
        anchorDay: 31,
        intervalMonths: 3,
        trialUntil: '2027-02-28',
        endsOn: '2028-01-01',
        nextBillingOn: undefined,
        priceOverride: { amount: 1_000, carrierAmount: 400, creditCardAmount: 0, tmembershipAmount: 600 },
      },
      {
        lineNumber: 3,
        customerReference: '고객-2',
        storeProductId: '0910024116',
        billingToken: TOKEN,
        startedOn: '2027-01-31',
        anchorDay: undefined,
        intervalMonths: 1,
        trialUntil: undefined,
        endsOn: undefined,
        nextBillingOn: undefined,
        priceOverride: undefined,
      },
    ]);
  });

  it.each([
    ['a final newline', (lines: string[]) => `${lines.join('\n')}\n`],
    ['CRLF', (lines: string[]) => lines.join('\r\n')],
    ['a byte order mark', (lines: string[]) => `\uFEFF${lines.join('\n')}`],
    ['every field quoted', (lines: string[]) => lines.map((each) => each.replaceAll(/[^,]+/g, '"$&"')).join('\n')],
  ])('reads the same with %s', async (_name, write) => {
    const lines = [HEADER, line('a'), line('b')];
    const [one, other] = await Promise.all([read(write(lines)), read(lines.join('\n'))]);
    expect(one.orders).toEqual(other.orders);
    expect(one.faults).toEqual([]);
  });

  it('takes columns in any order, commas and quotes in quotes, and skips blank lines', async () => {
    const content = `startedOn,billingToken,storeProductId,customerReference\n\n2027-01-31,${TOKEN},0910024116,"Kim, ""JJ"""\n\n`;
    const { orders, faults } = await read(content);
    expect(faults).toEqual([]);
    expect(orders).toMatchObject([{ lineNumber: 3, customerReference: 'Kim, "JJ"' }]);
  });

  it.each(["'=1+1", "'+82 10", "'-x", "'@name"])(
    'takes away the apostrophe the export guards %s with',
    async (text) => {
      const { orders } = await read(`${HEADER}\n${line(text)}`);
      expect(orders[0]?.customerReference).toBe(text.slice(1));
    },
  );

  it.each([
    ['nothing', ''],
    ['another header', `customer,product,token,start\n${line('a')}`],
    ['no header', `${line('a')}\n${line('b')}`],
    ['a picture', Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex')],
  ])('refuses a file with %s by one clear fault', async (_name, content) => {
    const { orders, faults, reader } = await read(content);
    expect(orders).toEqual([]);
    expect(faults).toEqual([{ line: 1, expected: HEADER_EXPECTATION }]);
    expect(reader.headerIsWrong).toBe(true);
  });

  it.each([
    ['a column too few', `customerReference,storeProductId,billingToken\na,b,c`, 'startedOn', /^this column$/],
    ['a column twice', `${HEADER},startedOn\n${line('a')},2027-01-31`, 'column 5', /^startedOn once$/],
    ['an unknown column', `${HEADER},colour\n${line('a')},red`, 'column 5', /^one of customerReference, /],
  ])('refuses a header with %s, and says which', async (_name, content, field, expected) => {
    const { orders, faults, reader } = await read(content);
    expect(orders).toEqual([]);
    expect(faults).toEqual([{ line: 1, field, expected: expect.stringMatching(expected) }]);
    expect(reader.headerIsWrong).toBe(true);
  });

  it('refuses a file without lines', async () => {
    expect((await read(`${HEADER}\n\n`)).faults).toEqual([{ line: 2, expected: 'at least one line after the header' }]);
  });

  it.each([
    ['customerReference', line('')],
    ['customerReference', line("'x")],
    ['storeProductId', `a,,${TOKEN},2027-01-31`],
    ['billingToken', `a,0910024116,${TOKEN.toLowerCase()},2027-01-31`],
    ['startedOn', line('a', '')],
    ['startedOn', line('a', '2027-02-30')],
    ['nextBillingOn', line('a', '2027-01-09')],
    ['anchorDay', line('a', '2027-01-31,32')],
    ['anchorDay', line('a', '2027-01-31,x')],
    ['intervalMonths', line('a', '2027-01-31,,121')],
    ['trialUntil', line('a', '2027-01-31,,,2027-01-31')],
    ['endsOn', line('a', '2027-01-31,,,,2027-01-31')],
    ['nextBillingOn', line('a', '2027-01-31,,,,,2027-01-30')],
    ['amountOverride', line('a', '2027-01-31,,,,,,1,0,0,0')],
    ['amountOverride', line('a', '2027-01-31,,,,,,,1,0,0')],
    ['amountOverride', line('a', '2027-01-31,,,,,,0,0,0,0')],
    ['carrierAmountOverride', line('a', '2027-01-31,,,,,,1,1.0,0,0')],
    ['tmembershipAmountOverride', line('a', '2027-01-31,,,,,,1,1,0,')],
  ])('refuses a wrong %s by line and column, never by value', async (field, bad) => {
    const padded = bad + ','.repeat(12 - (bad.match(/,/g)?.length ?? 0));
    const good = line('good', '2027-01-31,,,,,,,,,');
    const { orders, faults, reader } = await read(`${FULL_HEADER}\n${good}\n${padded}\n${good}`);
    expect(faults).toEqual([{ line: 3, field, expected: expect.any(String) }]);
    expect(JSON.stringify(faults)).not.toContain(TOKEN.slice(0, 12));
    expect(orders.map((order) => order.lineNumber)).toEqual([2, 4]);
    expect([reader.lineCount, reader.faultyLineCount]).toEqual([3, 1]);
  });

  it.each([
    ['a column too few', 'a,b,c', /4 columns/],
    ['a quote never closed', `"a,0910024116,${TOKEN},2027-01-31`, /on one line/],
    ['a quote in the middle', line('a"b'), /in double quotes/],
    ['a field over two lines', `"a\nb",0910024116,${TOKEN},2027-01-31`, /on one line/],
    ['too many bytes', line('x'.repeat(MAX_SUBSCRIPTION_LINE_BYTES)), /at most 4096 bytes/],
    ['other than UTF-8', Buffer.from([0xb5, 0xbf, 0x2c, 0x2c, 0x2c]), /UTF-8.*CP949.*save it as/],
  ])('reports a line with %s, and reads on behind it', async (_name, bad, expected) => {
    const content = Buffer.concat(
      [`${HEADER}\n${line('a')}\n`, bad, `\n${line('b')}\n`].map((part) => Buffer.from(part as string)),
    );
    const { orders, faults } = await read(content);
    expect(faults[0]).toEqual({ line: 3, expected: expect.stringMatching(expected) });
    expect(orders.map((order) => order.customerReference)).toEqual(['a', 'b']);
  });

  it('counts every fault and tells the first hundred', async () => {
    const { reader, faults } = await read(`${HEADER}\n${`${line('', 'x')}\n`.repeat(200)}`);
    expect(faults).toHaveLength(MAX_REPORTED_FAULTS);
    expect([reader.lineCount, reader.faultyLineCount, reader.faults.count]).toEqual([200, 200, 200]);
  });

  it('reads the same however the file is cut, and loses no line', async () => {
    const piece = fc.constantFrom(line('a'), line('"b"'), line('한글'), 'x', '"', '', line('"c\nd"'), line('e', 'x'));
    await fc.assert(
      fc.asyncProperty(
        fc.array(piece, { maxLength: 12 }),
        fc.array(fc.nat(2_000), { maxLength: 8 }),
        async (pieces, cuts) => {
          const bytes = Buffer.from([HEADER, ...pieces].join('\n'));
          const places = [0, ...cuts.map((cut) => cut % (bytes.length + 1)).sort((a, b) => a - b), bytes.length];
          const cutUp = await read(...places.slice(1).map((end, index) => bytes.subarray(places[index], end)));
          const whole = await read(bytes);
          expect(cutUp.orders).toEqual(whole.orders);
          expect(cutUp.faults).toEqual(whole.faults);
          const filled = bytes
            .toString()
            .split('\n')
            .slice(1)
            .filter((each) => each !== '').length;
          expect(whole.reader.lineCount).toBe(filled);
          expect(whole.orders.length + whole.reader.faultyLineCount).toBe(filled);
        },
      ),
    );
  });

  it('reads 100,000 lines in flat memory', async () => {
    setFlagsFromString('--expose-gc');
    const collectGarbage = runInNewContext('gc') as () => void;
    const usedBytes = (): number => {
      collectGarbage();
      return process.memoryUsage().heapUsed + process.memoryUsage().external;
    };
    const reader = new SubscriptionFileReader(TODAY);
    const [before, most] = [usedBytes(), { bytes: 0, lines: 0 }];
    for await (const batch of reader.orders(manyLines(100_000))) {
      most.lines += batch.length;
      most.bytes = Math.max(most.bytes, usedBytes() - before);
    }
    expect(most.lines).toBe(100_000);
    // The file is 11 MB and its orders would be some 60 MB; a batch is a megabyte of it.
    expect(most.bytes).toBeLessThan(10 * 1024 * 1024);
  });
});

async function* manyLines(count: number): AsyncGenerator<Buffer> {
  yield Buffer.from(`${HEADER}\n`);
  for (let at = 0; at < count; at += 5_000) {
    const lines = Array.from({ length: 5_000 }, (_, index) => `${line(`고객-${at + index}`)}\n`);
    yield await Promise.resolve(Buffer.from(lines.join('')));
  }
}
