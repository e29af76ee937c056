import type { InputFault } from '../../../kernel/errors';
import { faultOfText } from '../../../kernel/text';
import { MAX_CHARGE_WON, type Won } from '../../../kernel/won';
import { UTF8_EXPECTED } from '../../../platform/lines';
import type { LineFields } from '../line-fields';
import {
  BILLING_TOKEN_LENGTHS,
  MAX_ORDER_NO_LENGTH,
  MAX_PRODUCT_ID_LENGTH,
  MAX_PRODUCT_NAME_LENGTH,
} from '../../limits';
import {
  DOT_BYTES,
  ID_BYTES,
  MAX_REQUEST_LINE_BYTES,
  PARTS_EXPECTATION,
  REQUEST_COLUMN_EXPECTATIONS,
  UPPER_HEX_BYTES,
} from './request-file-rules';
import type { NumberedRequestRow } from './request-row';
import { REQUEST_FILE_COLUMNS } from '../wire';

type Column = (typeof REQUEST_FILE_COLUMNS)[number];

const COLUMN = Object.fromEntries(REQUEST_FILE_COLUMNS.map((name, index) => [name, index])) as Record<Column, number>;

const AMOUNT_PARTS = ['amtCarrier', 'amtCreditCard', 'amtRms'] as const satisfies readonly Column[];

/** Order numbers of one kind that a file may not use, because somebody else gives them. */
export interface ReservedOrderNos {
  /** How all of them begin: what begins otherwise is not looked at closer. */
  prefix: string;
  shape: RegExp;
  /** What a row that has one is told. */
  expected: string;
}

/** Reads the line the fields stand on: checks it, and makes a row of it for who wants one. */
export class RequestRowReader {
  private faults: InputFault[] = [];
  private lineNumber = 0;
  /** The name found good last, one character a byte, and as text: files repeat a few names in millions of lines. */
  private productNameBytes = '';
  private productName = '';

  constructor(
    private readonly fields: LineFields,
    private readonly merchantId: string,
    private readonly reserved: readonly ReservedOrderNos[] = [],
  ) {}

  /** @returns all faults of the line; only where there is none, {@link row} means something */
  check(lineNumber: number): readonly InputFault[] {
    this.lineNumber = lineNumber;
    if (this.faults.length > 0) this.faults = [];
    this.checkLine();
    if (this.faults.length === 0) this.checkColumns();
    return this.faults;
  }

  /** What the checked line asks for. */
  row(): NumberedRequestRow {
    // Checked, so none of the amounts is -1.
    return {
      lineNumber: this.lineNumber,
      merchantId: this.merchantId,
      billingToken: this.text('billingToken'),
      storeProductId: this.text('productId'),
      productName: this.productName,
      orderNo: this.text('noBranchOrder'),
      amount: this.amount,
      carrierAmount: this.amountOf('amtCarrier') as Won,
      creditCardAmount: this.amountOf('amtCreditCard') as Won,
      tmembershipAmount: this.amountOf('amtRms') as Won,
    };
  }

  /** Of the checked line. */
  get amount(): Won {
    return this.amountOf('amtReqPurchase') as Won;
  }

  private checkLine(): void {
    const { fields } = this;
    if (fields.byteLength > MAX_REQUEST_LINE_BYTES) this.fault(`at most ${MAX_REQUEST_LINE_BYTES} bytes`);
    else if (!fields.isUtf8()) this.fault(UTF8_EXPECTED);
    else if (fields.count !== REQUEST_FILE_COLUMNS.length) {
      this.fault(`${REQUEST_FILE_COLUMNS.length} columns separated by commas, without quoting`);
    }
  }

  private checkColumns(): void {
    if (this.text('mid') !== this.merchantId) this.columnFault('mid');
    if (!this.isBillingToken()) this.columnFault('billingToken');
    if (!this.isId('productId', MAX_PRODUCT_ID_LENGTH)) this.columnFault('productId');
    this.checkProductName();
    if (!this.isId('noBranchOrder', MAX_ORDER_NO_LENGTH)) this.columnFault('noBranchOrder');
    else this.checkReserved();
    if (this.amount < 1 || this.amount > MAX_CHARGE_WON) this.columnFault('amtReqPurchase');
    for (const part of AMOUNT_PARTS) {
      if (this.amountOf(part) < 0) this.columnFault(part);
    }
    if (this.faults.length === 0) this.checkParts();
  }

  private checkReserved(): void {
    const orderNo = this.text('noBranchOrder');
    for (const { prefix, shape, expected } of this.reserved) {
      if (!orderNo.startsWith(prefix) || !shape.test(orderNo)) continue;
      this.faults.push({ line: this.lineNumber, field: 'noBranchOrder', expected });
    }
  }

  /** A sum above 2^53 may be rounded, but an amount is always below and so never equals it. */
  private checkParts(): void {
    const sum = AMOUNT_PARTS.reduce((total, part) => total + this.amountOf(part), 0);
    if (sum !== this.amountOf('amtReqPurchase')) {
      this.faults.push({ line: this.lineNumber, field: 'amtReqPurchase', expected: PARTS_EXPECTATION });
    }
  }

  /** Nothing of a file is changed, so what has another spelling is refused. */
  private checkProductName(): void {
    const bytes = this.fields.bytesOf(COLUMN.nmProduct);
    if (bytes === this.productNameBytes && bytes !== '') return;
    const text = this.text('nmProduct');
    const expected = faultOfText(text, 'line', MAX_PRODUCT_NAME_LENGTH);
    if (expected !== undefined) {
      this.faults.push({ line: this.lineNumber, field: 'nmProduct', expected });
      return;
    }
    this.productNameBytes = bytes;
    this.productName = text;
  }

  private isBillingToken(): boolean {
    const column = COLUMN.billingToken;
    return (
      BILLING_TOKEN_LENGTHS.includes(this.fields.lengthOf(column)) && this.fields.consistsOf(column, UPPER_HEX_BYTES)
    );
  }

  private isId(name: Column, maxLength: number): boolean {
    const { fields } = this;
    const column = COLUMN[name];
    const length = fields.lengthOf(column);
    if (length < 1 || length > maxLength || !fields.consistsOf(column, ID_BYTES)) return false;
    return !fields.consistsOf(column, DOT_BYTES);
  }

  /** -1 where there is none. */
  private amountOf(name: Column): number {
    return this.fields.amountOf(COLUMN[name]);
  }

  private text(name: Column): string {
    return this.fields.textOf(COLUMN[name]);
  }

  private columnFault(field: Exclude<Column, 'nmProduct'>): void {
    this.faults.push({ line: this.lineNumber, field, expected: REQUEST_COLUMN_EXPECTATIONS[field] });
  }

  private fault(expected: string): void {
    this.faults.push({ line: this.lineNumber, expected });
  }
}
