/** What must come of a request file's bytes. */
export interface PlainVerdict {
  /** Numbers of the lines that are at fault; the file is taken when there are none. */
  faultyLines: number[];
  /** Lines behind the header that are not blank. */
  filledLines: number;
  totalAmount: bigint;
  /** The good lines as they stand, without their ends. */
  goodLines: string[];
}

const HEADERS = ['amtRms', 'amtTms'].map(
  (last) => `mid,billingToken,productId,nmProduct,noBranchOrder,amtReqPurchase,amtCarrier,amtCreditCard,${last}`,
);
const LONGEST_LINE_BYTES = 4_096;
const LARGEST = 2n ** 53n - 1n;
const AMOUNT = /^(0|[1-9]\d{0,15})$/;
const LARGEST_CHARGE = 10_000_000n;
const ID = /^(?!\.+$)[A-Za-z0-9._-]{1,64}$/;
/** Worked out from the words of the rules: what nobody sees, blanks but the plain one, halves and strangers. */
const NO_NAME = /\p{C}|\p{Zl}|\p{Zp}|(?! )\p{Zs}|\p{Default_Ignorable_Code_Point}|\u2800|\uFFFD/u;
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * What the wire contract says of a request file, worked out the slow and plain way: all in memory, split at newlines and
 * commas. It shares nothing with the reader it judges.
 */
export function judgeRequestFile(bytes: Buffer, merchantId: string): PlainVerdict {
  const text = bytes.toString('latin1').replace(/^\u00ef\u00bb\u00bf/, '');
  const lines = text.split('\n').map((line) => line.replace(/\r$/, ''));
  if (text.endsWith('\n') || text === '') lines.pop();
  const verdict: PlainVerdict = { faultyLines: [], filledLines: 0, totalAmount: 0n, goodLines: [] };
  if (!HEADERS.includes(lines[0] ?? '')) return { ...verdict, faultyLines: [1] };
  let firstBlank: number | undefined;
  lines.slice(1).forEach((line, index) => {
    const number = index + 2;
    if (line === '') {
      firstBlank ??= number;
      return;
    }
    verdict.filledLines += 1;
    if (firstBlank !== undefined) verdict.faultyLines.push(firstBlank);
    firstBlank = undefined;
    const amount = amountOf(Buffer.from(line, 'latin1'), merchantId);
    if (amount === undefined || verdict.totalAmount + amount > LARGEST) verdict.faultyLines.push(number);
    else {
      verdict.totalAmount += amount;
      verdict.goodLines.push(line);
    }
  });
  if (verdict.filledLines === 0) verdict.faultyLines.push(2);
  return verdict;
}

/** @returns what the line asks for, or `undefined` when anything of it is not as it must be */
function amountOf(line: Buffer, merchantId: string): bigint | undefined {
  if (line.length > LONGEST_LINE_BYTES) return undefined;
  let columns: string[];
  try {
    columns = utf8.decode(line).split(',');
  } catch {
    return undefined;
  }
  if (columns.length !== 9) return undefined;
  const [mid, token = '', productId = '', name = '', orderNo = '', ...amounts] = columns;
  const nameLength = Array.from(name).length;
  const isGood =
    mid === merchantId &&
    /^([0-9A-F]{64}|[0-9A-F]{96})$/.test(token) &&
    ID.test(productId) &&
    nameLength >= 1 &&
    nameLength <= 200 &&
    !NO_NAME.test(name) &&
    /[\p{L}\p{N}\p{P}\p{S}]/u.test(name) &&
    name === name.normalize('NFC').replace(/^ +| +$/g, '') &&
    ID.test(orderNo) &&
    amounts.every((amount) => AMOUNT.test(amount) && BigInt(amount) <= LARGEST);
  if (!isGood) return undefined;
  const [whole = 0n, ...parts] = amounts.map(BigInt);
  return whole > 0n && whole <= LARGEST_CHARGE && parts.reduce((sum, part) => sum + part, 0n) === whole
    ? whole
    : undefined;
}
