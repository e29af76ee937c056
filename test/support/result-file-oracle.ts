import type { FindingCounts, DiscrepancyKind } from '../../src/bulk-payment';
import { byLine, byOrderNo, type SettledCharge, type ShownDiscrepancy } from './job-end';
import {
  COLUMN,
  COLUMN_COUNT,
  HEADER,
  placedLines,
  type AskedCharge,
  type PlacedLine,
  type ResultFile,
} from './result-file-model';

interface Tally {
  count: number;
  amount: number;
}

/** Why a file must not be taken, by the stage that sees it; or what must become of the job. */
export type Verdict =
  { kind: 'refused'; at: 'download' | 'load' | 'reconcile'; why: RegExp } | ({ kind: 'applied' } & AppliedVerdict);

type ToldByResult = 'paid' | 'declined' | 'missing' | 'quarantined';
/** Of the missing and quarantined; all of them are open at first. */
type ToldByDecision = 'acceptedPaid' | 'acceptedDeclined' | 'closed' | 'open';

export interface AppliedVerdict {
  settlements: SettledCharge[];
  discrepancies: ShownDiscrepancy[];
  findings: FindingCounts;
  totals: Record<ToldByResult | ToldByDecision, Tally>;
}

/** A line read the plain way: its columns, or why it has none. */
export interface ReadLine extends PlacedLine {
  columns: string[];
  malformed: string | null;
  /** Whether no order number could be made out at all. */
  isWithoutOrder?: boolean;
}

/** What a person would make out in a line that can't be read. */
interface MadeOut {
  orderNo: string | null;
  transaction: string | null;
  saysPaid: boolean;
}

const LONGEST_LINE_BYTES = 16_384;
const NEARLY_NONE = ['NONE', 'NULL', 'NIL', 'N/A', '-', '--', '---', '----', '0', '00', '000', '0000'];
/** A word of plain characters that is not all zeros, nor what passes for zeros. */
const DECLINE_CODE = /^[A-Za-z0-9][\w.-]{0,31}$/;
const ZEROS = /^[0Oo_.-]*$/;
const AMOUNT = /^(0|[1-9]\d{0,15})$/;
const TRANSACTION_ID = /^[!-~]{0,128}$/;
const AMOUNT_COLUMNS = [COLUMN.amtReqPurchase, COLUMN.amtCarrier, COLUMN.amtCreditCard, COLUMN.amtTms];
const SECRETS = /[0-9A-Fa-f]{32,}/g;
const BILLING_TOKENS = /[0-9A-Fa-f]{64,}/g;
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * What docs/architecture.md says must come of a result file, worked out the slow and plain way: all lines in memory, text
 * split at commas, one map of order numbers. It shares nothing with the code it judges.
 *
 * @param settledBefore transactions that settled charges of other jobs
 */
export function judge(
  asked: readonly AskedCharge[],
  merchantId: string,
  file: ResultFile,
  settledBefore: Iterable<string> = [],
): Verdict {
  const filled = placedLines(file).filter(({ bytes }) => !isBlankLine(bytes));
  const first = filled[0]?.bytes.toString('latin1') ?? '';
  const hasHeader = first.split(',')[0]?.toLowerCase() === 'id';
  const rows = hasHeader ? filled.slice(1) : filled;
  if (rows.length !== asked.length) {
    const why = rows.length === 0 && !hasHeader ? /empty/ : new RegExp(`: ${rows.length} rows, ${asked.length} asked`);
    return { kind: 'refused', at: 'download', why };
  }
  if (hasHeader && first.toLowerCase().replace(',amtrms,', ',amttms,') !== HEADER.toLowerCase()) {
    return { kind: 'refused', at: 'load', why: /header with other columns/ };
  }
  const lines = rows.map(readLine);
  // Whether the file is this job's answer, its readable columns say.
  if (judgeLines(asked, merchantId, lines, settledBefore).totals.missing.count === asked.length) {
    return { kind: 'refused', at: 'reconcile', why: /answers no charge of this job/ };
  }
  const orderNos = new Set(asked.map(({ orderNo }) => orderNo));
  const known = lines.map((line) => withWhatIsMadeOut(line, orderNos));
  return { kind: 'applied', ...judgeLines(asked, merchantId, known, settledBefore) };
}

/** An unreadable line names its order where it names one of the job's alone; what its columns say plainly stays. */
function withWhatIsMadeOut(line: ReadLine, orderNos: ReadonlySet<string>): ReadLine {
  if (line.malformed === null) return line;
  const made = madeOut(line.bytes, orderNos);
  const said = (column: number): string => line.columns[column] ?? '';
  const columns = Array.from({ length: COLUMN_COUNT }, (_, column) => said(column));
  if (made.orderNo !== null) columns[COLUMN.noBranchOrder] = made.orderNo;
  if (transactionOf(columns) === null && made.transaction !== null) columns[COLUMN.tid] = made.transaction;
  if (said(COLUMN.cdResult) === '' && made.saysPaid) columns[COLUMN.cdResult] = '0000';
  return { ...line, columns, isWithoutOrder: line.columns.length === 0 && made.orderNo === null };
}

function madeOut(bytes: Buffer, orderNos: ReadonlySet<string>): MadeOut {
  const fields = bytes.subarray(0, LONGEST_LINE_BYTES).toString('latin1').split(',');
  const named = new Set<string>();
  const transactions: string[] = [];
  let saysPaid = false;
  fields.forEach((field, column) => {
    const printable = [...field].filter((one) => one > ' ' && one <= '~').join('');
    const parts = field.match(/[\w.-]+/g) ?? [];
    // At its ends a line may be cut, and what is left of an order number be another one.
    const [atStart, atEnd] = [column === 0, column === fields.length - 1];
    const inner = parts.slice(atStart ? 1 : 0, atEnd ? -1 : undefined);
    const whole = atStart || atEnd ? inner : [printable, ...inner];
    for (const word of whole) {
      const isAmountOrSo = /^[0-9]+$/.test(word) && column !== COLUMN.noBranchOrder;
      if (orderNos.has(word) && !isAmountOrSo) named.add(word);
      const transaction = /\bTS[0-9A-Za-z]*_[\w.-]+/i.exec(word)?.[0];
      const isLong = /[0-9]{20}/.test(word) && !/^[0-9A-Fa-f]{32,}$/.test(word);
      if (word.length <= 128 && (transaction !== undefined || isLong)) transactions.push(transaction ?? word);
    }
    saysPaid ||= [printable, ...parts].includes('0000');
  });
  const transaction = transactions.find((one) => !orderNos.has(one)) ?? null;
  return { orderNo: named.size === 1 ? ([...named][0] as string) : null, transaction, saysPaid };
}

/** Too long is a row, whatever is in it. */
export function isBlankLine(line: Buffer): boolean {
  return line.length <= LONGEST_LINE_BYTES && /^[ \t\r]*$/.test(line.toString('latin1'));
}

function judgeLines(
  asked: readonly AskedCharge[],
  merchantId: string,
  lines: readonly ReadLine[],
  settledBefore: Iterable<string>,
): AppliedVerdict {
  const charges = new Map(asked.map((charge) => [charge.orderNo, charge]));
  const answers = new Map<string, number>();
  const transactions = new Map<string | null, number>([...settledBefore].map((transaction) => [transaction, 1]));
  for (const { columns } of lines) {
    const orderNo = columns[COLUMN.noBranchOrder] ?? '';
    answers.set(orderNo, (answers.get(orderNo) ?? 0) + 1);
    const transaction = transactionOf(columns);
    transactions.set(transaction, (transactions.get(transaction) ?? 0) + 1);
  }
  const verdict: AppliedVerdict = { settlements: [], discrepancies: [], findings: {}, totals: emptyTotals() };
  const doubtful = new Set<string>();
  for (const line of lines) {
    const orderNo = line.columns[COLUMN.noBranchOrder] ?? '';
    const charge = charges.get(orderNo);
    const isRepeated = (answers.get(orderNo) ?? 0) > 1;
    const isShared = (transactions.get(transactionOf(line.columns)) ?? 0) > 1;
    const finding = findingOf(line, charge, merchantId, { isRepeated, isShared });
    count(verdict.findings, finding);
    if (charge !== undefined && (finding === 'matched-paid' || finding === 'matched-declined')) {
      settle(verdict, line, charge, finding === 'matched-paid' ? 'paid' : 'declined');
      continue;
    }
    verdict.discrepancies.push(discrepancyOf(line, charge, merchantId, finding as DiscrepancyKind));
    if (charge !== undefined) doubtful.add(charge.orderNo);
  }
  for (const charge of asked) {
    if (doubtful.has(charge.orderNo) || !answers.has(charge.orderNo)) add(verdict.totals.open, charge);
    if (doubtful.has(charge.orderNo)) add(verdict.totals.quarantined, charge);
    else if (!answers.has(charge.orderNo)) miss(verdict, charge, merchantId);
  }
  verdict.settlements.sort(byOrderNo);
  verdict.discrepancies.sort(byLine);
  return verdict;
}

export function readLine(line: PlacedLine): ReadLine {
  const { bytes } = line;
  const unreadable = (malformed: string): ReadLine => ({ ...line, columns: [], malformed });
  const besides = (malformed: string, columns: string[]): ReadLine => ({ ...line, columns, malformed });
  if (bytes.length > LONGEST_LINE_BYTES) return unreadable('line-too-long');
  if (bytes.includes(0)) return unreadable('nul-byte');
  let text: string;
  try {
    text = utf8.decode(bytes);
  } catch {
    return unreadable('invalid-utf8');
  }
  const columns = text.split(',');
  if (columns.length !== COLUMN_COUNT) return unreadable('wrong-column-count');
  if (columns[COLUMN.noBranchOrder] === '') return unreadable('no-order-number');
  if (columns[COLUMN.cdResult] === '') return besides('no-result-code', columns);
  const amounts = AMOUNT_COLUMNS.map((column) => columns[column] ?? '');
  if (!amounts.every((text) => AMOUNT.test(text) && BigInt(text) < 2n ** 53n))
    return besides('unreadable-amount', columns);
  const tid = columns[COLUMN.tid] ?? '';
  if (!TRANSACTION_ID.test(tid) || (tid !== 'None' && NEARLY_NONE.includes(tid.toUpperCase()))) {
    return besides('unreadable-transaction-id', columns.with(COLUMN.tid, ''));
  }
  return { ...line, columns, malformed: null };
}

function findingOf(
  { columns, malformed }: ReadLine,
  charge: AskedCharge | undefined,
  merchantId: string,
  { isRepeated, isShared }: { isRepeated: boolean; isShared: boolean },
): keyof FindingCounts {
  if (charge !== undefined && isRepeated) return 'duplicate';
  if (malformed !== null) return 'malformed';
  if (charge === undefined) return 'unknown-order';
  const amounts = [charge.amount, charge.carrierAmount, charge.creditCardAmount, charge.tmembershipAmount];
  if (AMOUNT_COLUMNS.some((column, index) => Number(columns[column]) !== amounts[index])) return 'amount-mismatch';
  const identity = [columns[COLUMN.cmId], columns[COLUMN.productId], columns[COLUMN.billingToken]];
  if (identity.join() !== [merchantId, charge.productId, charge.token].join()) return 'identity-mismatch';
  const isWithTransaction = transactionOf(columns) !== null;
  const code = columns[COLUMN.cdResult] ?? '';
  if (code === '0000') return !isWithTransaction ? 'malformed' : isShared ? 'transaction-shared' : 'matched-paid';
  return isWithTransaction || !DECLINE_CODE.test(code) || ZEROS.test(code) ? 'unclear-outcome' : 'matched-declined';
}

function transactionOf(columns: readonly string[]): string | null {
  const text = inClear(columns, COLUMN.tid);
  return text === 'None' || text === '' ? null : text;
}

/** What may be shown of a column: where columns have shifted, the billing token stands in another. */
function inClear(columns: readonly string[], column: number): string {
  return (columns[column] ?? '').replace(BILLING_TOKENS, '***');
}

function settle(verdict: AppliedVerdict, line: ReadLine, charge: AskedCharge, kind: 'paid' | 'declined'): void {
  add(verdict.totals[kind], charge);
  verdict.settlements.push({
    orderNo: charge.orderNo,
    kind,
    amount: charge.amount,
    transactionId: transactionOf(line.columns),
    resultCode: inClear(line.columns, COLUMN.cdResult),
    resultMessage: inClear(line.columns, COLUMN.msgResult),
    lineNumber: line.lineNumber,
  });
}

function discrepancyOf(
  { columns, malformed, lineNumber, bytes, isWithoutOrder = columns.length === 0 }: ReadLine,
  charge: AskedCharge | undefined,
  merchantId: string,
  kind: DiscrepancyKind,
): ShownDiscrepancy {
  const amount = (column: number): number => Number(columns[column]);
  const found = {
    merchantId: inClear(columns, COLUMN.cmId),
    storeProductId: inClear(columns, COLUMN.productId),
    billingTokenMatches: columns[COLUMN.billingToken] === charge?.token,
    amount: amount(COLUMN.amtReqPurchase),
    carrierAmount: amount(COLUMN.amtCarrier),
    creditCardAmount: amount(COLUMN.amtCreditCard),
    tmembershipAmount: amount(COLUMN.amtTms),
    resultCode: inClear(columns, COLUMN.cdResult),
    transactionId: transactionOf(columns),
  };
  const raw = bytes.subarray(0, LONGEST_LINE_BYTES).toString('utf8');
  return {
    kind,
    orderNo: isWithoutOrder ? null : inClear(columns, COLUMN.noBranchOrder),
    lineNumber,
    expected: charge === undefined ? null : expectedOf(charge, merchantId),
    found: malformed === null ? found : { reason: malformed, ...readable(found) },
    rawLine: raw.replace(SECRETS, (secret) => `${secret.slice(0, 8)}…(${secret.length})`),
  };
}

/** What is shown of a line that can't be read as a whole. */
function readable({ resultCode, transactionId }: { resultCode: string; transactionId: string | null }): object {
  return { ...(resultCode !== '' && { resultCode }), ...(transactionId !== null && { transactionId }) };
}

function miss(verdict: AppliedVerdict, charge: AskedCharge, merchantId: string): void {
  add(verdict.totals.missing, charge);
  count(verdict.findings, 'missing');
  const expected = expectedOf(charge, merchantId);
  const { orderNo } = charge;
  verdict.discrepancies.push({ kind: 'missing', orderNo, lineNumber: null, expected, found: null, rawLine: null });
}

function expectedOf(charge: AskedCharge, merchantId: string): object {
  const { productId: storeProductId, amount, carrierAmount, creditCardAmount, tmembershipAmount } = charge;
  return { merchantId, storeProductId, amount, carrierAmount, creditCardAmount, tmembershipAmount };
}

function emptyTotals(): AppliedVerdict['totals'] {
  const none = (): Tally => ({ count: 0, amount: 0 });
  const toldByResult = { paid: none(), declined: none(), missing: none(), quarantined: none() };
  return { ...toldByResult, acceptedPaid: none(), acceptedDeclined: none(), closed: none(), open: none() };
}

function add(tally: Tally, charge: AskedCharge): void {
  tally.count += 1;
  tally.amount += charge.amount;
}

function count(findings: FindingCounts, finding: keyof FindingCounts): void {
  findings[finding] = (findings[finding] ?? 0) + 1;
}
