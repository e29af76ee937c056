import type { InputFault } from '../../kernel/errors';
import type { Won } from '../../kernel/won';
import type { LineFields } from './line-fields';
import {
  BILLING_TOKEN_LENGTHS,
  ID_BYTES,
  MAX_ORDER_NO_LENGTH,
  MAX_PRODUCT_ID_LENGTH,
  MAX_REQUEST_LINE_BYTES,
  PARTS_EXPECTATION,
  REQUEST_COLUMN_EXPECTATIONS,
  UPPER_HEX_BYTES,
  isProductName,
} from './request-file-rules';
import type { NumberedRequestRow } from './request-row';
import { REQUEST_FILE_COLUMNS } from './wire';

type Column = (typeof REQUEST_FILE_COLUMNS)[number];

const COLUMN = Object.fromEntries(REQUEST_FILE_COLUMNS.map((name, index) => [name, index])) as Record<Column, number>;

/** Checks the line the fields stand on. @returns its row, or all its faults */
export class RequestRowReader {
  private faults: InputFault[] = [];
  private lineNumber = 0;

  constructor(
    private readonly fields: LineFields,
    private readonly merchantId: string,
  ) {}

  read(lineNumber: number): NumberedRequestRow | readonly InputFault[] {
    this.lineNumber = lineNumber;
    if (this.faults.length > 0) this.faults = [];
    this.checkLine();
    if (this.faults.length > 0) return this.faults;
    const row = this.row();
    return this.faults.length > 0 ? this.faults : row;
  }

  private checkLine(): void {
    const { fields } = this;
    if (fields.byteLength > MAX_REQUEST_LINE_BYTES) this.fault(`at most ${MAX_REQUEST_LINE_BYTES} bytes`);
    else if (!fields.isUtf8()) this.fault('text in UTF-8');
    else if (fields.count !== REQUEST_FILE_COLUMNS.length) {
      this.fault(`${REQUEST_FILE_COLUMNS.length} columns separated by commas, without quoting`);
    }
  }

  private row(): NumberedRequestRow {
    const merchantId = this.text('mid');
    if (merchantId !== this.merchantId) this.columnFault('mid');
    if (!this.isBillingToken()) this.columnFault('billingToken');
    if (!this.isId('productId', MAX_PRODUCT_ID_LENGTH)) this.columnFault('productId');
    const productName = this.text('nmProduct');
    if (!isProductName(productName)) this.columnFault('nmProduct');
    if (!this.isId('noBranchOrder', MAX_ORDER_NO_LENGTH)) this.columnFault('noBranchOrder');
    const row: NumberedRequestRow = {
      lineNumber: this.lineNumber,
      merchantId,
      billingToken: this.text('billingToken'),
      storeProductId: this.text('productId'),
      productName,
      orderNo: this.text('noBranchOrder'),
      amount: this.won('amtReqPurchase', 1),
      carrierAmount: this.won('amtCarrier', 0),
      creditCardAmount: this.won('amtCreditCard', 0),
      tmembershipAmount: this.won('amtRms', 0),
    };
    if (this.faults.length === 0) this.checkParts(row);
    return row;
  }

  /** A sum above 2^53 may be rounded, but an amount is always below and so never equals it. */
  private checkParts(row: NumberedRequestRow): void {
    const sum = row.carrierAmount + row.creditCardAmount + row.tmembershipAmount;
    if (sum !== row.amount) {
      this.faults.push({ line: this.lineNumber, field: 'amtReqPurchase', expected: PARTS_EXPECTATION });
    }
  }

  private isBillingToken(): boolean {
    const column = COLUMN.billingToken;
    return (
      BILLING_TOKEN_LENGTHS.includes(this.fields.lengthOf(column)) && this.fields.consistsOf(column, UPPER_HEX_BYTES)
    );
  }

  private isId(name: Column, maxLength: number): boolean {
    const length = this.fields.lengthOf(COLUMN[name]);
    return length >= 1 && length <= maxLength && this.fields.consistsOf(COLUMN[name], ID_BYTES);
  }

  private won(name: Column, least: number): Won {
    const amount = this.fields.amountOf(COLUMN[name]);
    if (amount < least) this.columnFault(name);
    return amount as Won;
  }

  private text(name: Column): string {
    return this.fields.textOf(COLUMN[name]);
  }

  private columnFault(field: Column): void {
    this.faults.push({ line: this.lineNumber, field, expected: REQUEST_COLUMN_EXPECTATIONS[field] });
  }

  private fault(expected: string): void {
    this.faults.push({ line: this.lineNumber, expected });
  }
}
