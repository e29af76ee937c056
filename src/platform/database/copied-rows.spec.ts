import * as fc from 'fast-check';
import { CopiedRows } from './copied-rows';

interface Row {
  text: string;
  bytes: Buffer;
  integer: bigint;
}

const ROW: fc.Arbitrary<Row> = fc.record({
  text: fc.oneof(fc.constantFrom('', '가', '나', 'k1'), fc.string({ unit: 'grapheme', maxLength: 40 })),
  bytes: fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes)),
  integer: fc.bigInt({ min: -(2n ** 53n - 1n), max: 2n ** 53n - 1n }),
});

/** As PostgreSQL's documentation of COPY describes its binary format. */
function copied(rows: readonly (Row | null)[]): Buffer {
  const parts: Buffer[] = [Buffer.from('PGCOPY\n\xff\r\n\0', 'latin1'), Buffer.alloc(8)];
  const int16 = (value: number) => parts.push(Buffer.from([(value >> 8) & 0xff, value & 0xff]));
  const field = (bytes?: Buffer) => {
    const length = Buffer.alloc(4);
    length.writeInt32BE(bytes?.length ?? -1);
    parts.push(length, bytes ?? Buffer.alloc(0));
  };
  for (const row of rows) {
    int16(3);
    field(row === null ? undefined : Buffer.from(row.text, 'utf8'));
    field(row?.bytes);
    const integer = Buffer.alloc(8);
    integer.writeBigInt64BE(row?.integer ?? 0n);
    field(integer);
  }
  int16(-1);
  return Buffer.concat(parts);
}

function readFrom(chunks: readonly Buffer[], columns = 3): Row[] {
  const rows = new CopiedRows(columns);
  const read: Row[] = [];
  for (const chunk of chunks) {
    rows.push(chunk);
    while (rows.advance()) {
      expect(rows.repeatedText(0)).toBe(rows.text(0));
      expect(rows.hex(1)).toBe(rows.buffer(1).toString('hex'));
      read.push({ text: rows.text(0), bytes: Buffer.from(rows.buffer(1)), integer: BigInt(rows.integer(2)) });
    }
  }
  return read;
}

describe('CopiedRows', () => {
  it('gives the rows as they were, however their bytes are cut', () => {
    fc.assert(
      fc.property(fc.array(ROW, { maxLength: 8 }), fc.array(fc.nat(600), { maxLength: 12 }), (rows, cuts) => {
        const bytes = copied(rows);
        const ends = [...cuts.map((cut) => Math.min(cut, bytes.length)), bytes.length].sort((a, b) => a - b);
        const chunks = ends.map((end, index) => bytes.subarray(index === 0 ? 0 : ends[index - 1], end));
        expect(readFrom(chunks)).toEqual(rows);
      }),
    );
  });

  it('shows a number that a double can’t hold as no safe integer', () => {
    const [row] = readFrom([copied([{ text: '', bytes: Buffer.alloc(0), integer: 2n ** 62n }])]);
    expect(Number.isSafeInteger(Number(row?.integer))).toBe(false);
  });

  it('refuses rows of other columns, and a null', () => {
    const row = { text: 'a', bytes: Buffer.of(1), integer: 1n };
    expect(() => readFrom([copied([row])], 4)).toThrow('a row of 3 columns was copied, not of 4');
    expect(() => readFrom([copied([row, null])])).toThrow('column 1 of a copied row is null');
  });
});
