import { RESULT_FILE_COLUMNS } from '../../src/gateways/tstore/wire';

/** What a charge asks for, in the words of this project; amounts in won. */
export interface AskedCharge {
  orderNo: string;
  token: string;
  productId: string;
  productName: string;
  amount: number;
  carrierAmount: number;
  creditCardAmount: number;
  tmembershipAmount: number;
}

/** What the gateway made of a charge. */
export interface Outcome {
  transactionId: string;
  resultCode: string;
  resultMessage: string;
}

export const COLUMN = Object.fromEntries(RESULT_FILE_COLUMNS.map((name, index) => [name, index])) as Record<
  (typeof RESULT_FILE_COLUMNS)[number],
  number
>;
export const COLUMN_COUNT = RESULT_FILE_COLUMNS.length;

/** How a line's text becomes bytes; `spoiled` has one byte that no UTF-8 text has. */
export type Encoding = 'utf8' | 'euc-kr' | 'spoiled';

export interface FileLine {
  text: string;
  encoding: Encoding;
}

/** A result file as its parts, so that each can be changed by itself. */
export interface ResultFile {
  byteOrderMark: boolean;
  /** `null` where the file begins with its first line. */
  header: string | null;
  lines: FileLine[];
  lineEnd: '\n' | '\r\n';
  endsWithNewline: boolean;
}

/** A line with the number it has in the file. */
export interface PlacedLine {
  lineNumber: number;
  bytes: Buffer;
}

export const HEADER = RESULT_FILE_COLUMNS.join(',');

/** The file of a gateway that answers every charge, in this order, as it was asked. */
export function goodFile(merchantId: string, answers: readonly (AskedCharge & Outcome)[]): ResultFile {
  const lines = answers.map((answer, index): FileLine => {
    const { token, productId, productName, orderNo, transactionId, resultCode, resultMessage } = answer;
    const amounts = [answer.amount, answer.carrierAmount, answer.creditCardAmount, answer.tmembershipAmount];
    const asked = [index + 1, merchantId, 'skplanet', token, productId, productName, orderNo, ...amounts];
    return { text: [...asked, transactionId, resultCode, resultMessage].join(','), encoding: 'utf8' };
  });
  return { byteOrderMark: false, header: HEADER, lines, lineEnd: '\n', endsWithNewline: true };
}

/** Every line of the file with its number, blank ones and the header too. */
export function placedLines(file: ResultFile): PlacedLine[] {
  const header: FileLine[] = file.header === null ? [] : [{ text: file.header, encoding: 'utf8' }];
  return [...header, ...file.lines].map((line, index) => ({ lineNumber: index + 1, bytes: bytesOf(line) }));
}

export function fileBytes(file: ResultFile): Buffer {
  const mark = file.byteOrderMark ? [Buffer.from([0xef, 0xbb, 0xbf])] : [];
  const end = Buffer.from(file.lineEnd);
  const lines = placedLines(file).flatMap(({ bytes }) => [bytes, end]);
  return Buffer.concat([...mark, ...(file.endsWithNewline ? lines : lines.slice(0, -1))]);
}

function bytesOf({ text, encoding }: FileLine): Buffer {
  switch (encoding) {
    case 'utf8':
      return Buffer.from(text, 'utf8');
    case 'spoiled':
      return Buffer.concat([Buffer.from(text, 'utf8'), Buffer.from([0xff])]);
    case 'euc-kr':
      return Buffer.concat([...text].map(eucKrOf));
  }
}

/** Hangul syllables of KS X 1001, from the decoder Node has: the other direction it has not. */
const EUC_KR = new Map<string, Buffer>();
const eucKr = new TextDecoder('euc-kr');
for (let lead = 0xb0; lead <= 0xc8; lead += 1) {
  for (let trail = 0xa1; trail <= 0xfe; trail += 1) {
    const bytes = Buffer.from([lead, trail]);
    EUC_KR.set(eucKr.decode(bytes), bytes);
  }
}

function eucKrOf(character: string): Buffer {
  return EUC_KR.get(character) ?? Buffer.from(character, 'utf8');
}
