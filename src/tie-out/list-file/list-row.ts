import type { ListField, ListedTransaction, ReadsListFiles } from '../../gateways';
import type { InputFault } from '../../kernel/errors';
import { parseSeoulInstant, seoulDateAt, type SeoulDate } from '../../kernel/seoul-calendar';
import { won, type Won } from '../../kernel/won';
import type { ListColumn } from './list-file-columns';

/** One thing that happened, by a row of a downloaded list. */
export interface ListRow {
  line: number;
  kind: 'payment' | 'refund';
  /** The file's own word. */
  status: string;
  transactionId: string;
  orderNo: string;
  /** `null` where the file does not tell what happened apart from the payment. */
  actId: string | null;
  amount: Won;
  at: Date;
  /** Never negative; `null` where the file has neither fees nor payouts. */
  fee: number | null;
  payOut: number | null;
  paidOutOn: SeoulDate | null;
}

/** What a row is: something that happened, nothing that moved money, or not what was expected. */
export type ReadRow = ListRow | 'nothing-moved' | InputFault[];

const LONGEST_ID = 100;
const TOTALS = /^(합계|총계|소계|총합계|total)/i;
const AMOUNT = /^([-+]?)[₩￦]?(\d{1,3}(?:,\d{3})+|\d{1,15})(?:\.00?)?(?:원)?$/;
const TIME = /^(\d{4})[-./]?\s?(\d{1,2})[-./]?\s?(\d{1,2})\.?(?:[T\s]*(\d{2}):?(\d{2})(?::?(\d{2})(?:\.\d+)?)?)?$/;

/** Reads rows by the columns of their file. */
export class ListRowReader {
  private readonly at: ReadonlyMap<ListField, ListColumn>;

  constructor(
    columns: readonly ListColumn[],
    private readonly reads: ReadsListFiles,
  ) {
    this.at = new Map(columns.map((column) => [column.field, column]));
  }

  read(cells: readonly string[], line: number): ReadRow {
    const first = cells.map((cell) => cell.trim()).find((cell) => cell !== '');
    if (first === undefined || TOTALS.test(first)) return 'nothing-moved';
    const faults: InputFault[] = [];
    const wrong = (field: ListField, expected: string): undefined => {
      faults.push({ line, field: this.at.get(field)?.heading ?? field, expected });
      return undefined;
    };
    const word = this.textOf('kind', cells);
    const signed = amountOf(this.textOf('amount', cells)) ?? wrong('amount', 'whole won, such as 12,000');
    const kind = this.kindOf(word, signed ?? 0) ?? wrong('kind', 'a word for a payment or a cancellation');
    if (kind === 'other' && faults.length === 0) return 'nothing-moved';
    if (kind === 'payment' && signed !== undefined && signed < 0) wrong('amount', 'an amount above 0 for a payment');
    const transactionId =
      idOf(this.textOf('transactionId', cells)) ?? wrong('transactionId', 'the gateway’s id of the payment');
    const orderNo =
      nameOf(this.textOf('orderNo', cells)) ?? wrong('orderNo', `an order number of up to ${LONGEST_ID} characters`);
    const at = timeOf(this.textOf('at', cells)) ?? wrong('at', 'a time in Seoul, such as 2026-11-28 16:26:24');
    const actText = this.textOf('actId', cells);
    const actId = actText === '' ? null : (idOf(actText) ?? wrong('actId', 'the gateway’s id of what happened'));
    const paidOutText = this.textOf('paidOutOn', cells);
    const paidOutAt =
      paidOutText === '' ? null : (timeOf(paidOutText) ?? wrong('paidOutOn', 'a day, such as 2026-12-02'));
    const amount = Math.abs(signed ?? 0);
    const payout = this.payoutOf(cells, amount, wrong);
    if (faults.length > 0 || kind === undefined || kind === 'other' || actId === undefined || at === undefined)
      return faults;
    return {
      ...{ line, kind, status: word === '' ? kind : word.slice(0, LONGEST_ID) },
      ...{ transactionId: transactionId ?? '', orderNo: orderNo ?? '', at },
      ...{ actId, amount: won(amount), ...payout, paidOutOn: paidOutAt ? seoulDateAt(paidOutAt) : null },
    };
  }

  /** By its word, or by its sign where there is no such column. */
  private kindOf(word: string, signed: number): ListedTransaction['kind'] | undefined {
    if (!this.at.has('kind')) return signed < 0 ? 'refund' : 'payment';
    return this.reads.kindOf(word);
  }

  /** Fee and payout, each made of the other where the file has one of them; signs are as each site likes. */
  private payoutOf(
    cells: readonly string[],
    amount: number,
    wrong: (field: ListField, expected: string) => undefined,
  ): Pick<ListRow, 'fee' | 'payOut'> {
    const read = (field: ListField): number | undefined => {
      const text = this.textOf(field, cells);
      if (text === '') return undefined;
      const found = amountOf(text) ?? wrong(field, 'whole won, or nothing');
      return found === undefined ? undefined : Math.abs(found);
    };
    const [fee, vat, payOut] = [read('fee'), read('feeVat'), read('payOut')];
    if (fee === undefined && payOut === undefined) return { fee: null, payOut: null };
    const whole = fee === undefined ? amount - (payOut ?? 0) : fee + (vat ?? 0);
    return { fee: whole, payOut: payOut ?? amount - whole };
  }

  private textOf(field: ListField, cells: readonly string[]): string {
    const column = this.at.get(field);
    const cell = (column && cells[column.index])?.trim() ?? '';
    // What spreadsheets put around text that they would take for a number: ="123", '123.
    const text = /^="(.*)"$/.exec(cell)?.[1] ?? cell.replace(/^'/, '');
    return text === '-' ? '' : text;
  }
}

function amountOf(text: string): number | undefined {
  const [, sign, digits = ''] = AMOUNT.exec(text.replaceAll(' ', '')) ?? [];
  const amount: number = Number(digits.replaceAll(',', ''));
  if (digits === '' || !Number.isSafeInteger(amount)) return undefined;
  return sign === '-' ? -amount : amount;
}

function timeOf(text: string): Date | undefined {
  const [, year, month = '', day = '', hour = '00', minute = '00', second = '00'] = TIME.exec(text) ?? [];
  if (year === undefined) return undefined;
  return parseSeoulInstant([year, month.padStart(2, '0'), day.padStart(2, '0'), hour, minute, second].join(''));
}

function idOf(text: string): string | undefined {
  return text.length <= LONGEST_ID && /^[\x21-\x7e]+$/.test(text) ? text : undefined;
}

function nameOf(text: string): string | undefined {
  return text !== '' && text.length <= LONGEST_ID && !/\p{Cc}/u.test(text) ? text : undefined;
}
