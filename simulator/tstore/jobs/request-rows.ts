import { open, type FileHandle } from 'node:fs/promises';
import { LineScanner } from './line-scanner';
import { COLUMN, RowFields } from './row-fields';

/** Rows read, shuffled and written at a time: about 1 MB, so that neither memory nor the event loop feels it. */
export const WINDOW_ROWS = 4096;

/** The rows of an accepted request file: on disk, with what is needed to find them again. */
export interface RequestRows {
  path: string;
  count: number;
  /** Sum of what the readable rows ask for, won. */
  amount: number;
  orderHashes: Float64Array;
  /** OUTCOME.waiting, or the outcome known from the row alone. */
  fates: Uint8Array;
  /** Where each window of rows begins, and the end of the file. */
  windowOffsets: readonly number[];
}

export interface RequestRow {
  mid: string;
  billingToken: string;
  productId: string;
  productName: string;
  orderNo: string;
  amount: number;
  carrierAmount: number;
  creditCardAmount: number;
  tmembershipAmount: number;
}

export function windowCount(rows: RequestRows): number {
  return rows.windowOffsets.length - 1;
}

/** Calls back with each row of a window, in file order, as positions in a buffer. */
export async function readWindow(
  file: FileHandle,
  rows: RequestRows,
  window: number,
  sink: (bytes: Buffer, start: number, end: number) => void,
): Promise<void> {
  const from = rows.windowOffsets[window] as number;
  const bytes = Buffer.allocUnsafe((rows.windowOffsets[window + 1] as number) - from);
  await file.read(bytes, 0, bytes.length, from);
  const scanner = new LineScanner(sink);
  scanner.push(bytes);
  scanner.end();
}

/** Reads rows by their positions in the file; positions must ascend. */
export async function readRows(rows: RequestRows, positions: readonly number[]): Promise<RequestRow[]> {
  const found: RequestRow[] = [];
  const fields = new RowFields();
  const file = await open(rows.path, 'r');
  try {
    let next = 0;
    while (next < positions.length) {
      const window = Math.floor((positions[next] as number) / WINDOW_ROWS);
      let position = window * WINDOW_ROWS;
      await readWindow(file, rows, window, (bytes, start, end) => {
        if (position === positions[next]) {
          fields.split(bytes, start, end);
          found.push(rowOf(fields));
          next += 1;
        }
        position += 1;
      });
    }
  } finally {
    await file.close();
  }
  return found;
}

function rowOf(fields: RowFields): RequestRow {
  return {
    mid: fields.text(COLUMN.mid),
    billingToken: fields.text(COLUMN.billingToken),
    productId: fields.text(COLUMN.productId),
    productName: fields.text(COLUMN.nmProduct),
    orderNo: fields.text(COLUMN.noBranchOrder),
    amount: fields.amount(COLUMN.amtReqPurchase),
    carrierAmount: fields.amount(COLUMN.amtCarrier),
    creditCardAmount: fields.amount(COLUMN.amtCreditCard),
    tmembershipAmount: fields.amount(COLUMN.amtRms),
  };
}
