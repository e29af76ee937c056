import {
  RESULT_COLUMN,
  ResultFileParser,
  type MalformedReason,
  type ScannedResultLine,
} from '../../src/gateways/tstore';

/** A line of a result file as an object of its own. The service goes through millions of lines and makes none of these. */
export type ResultLine = ParsedResultLine | MalformedResultLine;

export interface ParsedResultLine {
  kind: 'parsed';
  lineNumber: number;
  merchantId: string;
  bid: string;
  billingToken: string;
  storeProductId: string;
  productName: string;
  orderNo: string;
  amount: number;
  carrierAmount: number;
  creditCardAmount: number;
  tmembershipAmount: number;
  transactionId: string | null;
  resultCode: string;
  resultMessage: string;
}

export interface MalformedResultLine {
  kind: 'malformed';
  lineNumber: number;
  malformed: MalformedReason;
}

/** All lines of a result file that comes in these chunks, as the parser reads them. */
export function resultLinesOf(chunks: Iterable<Buffer>, parser = new ResultFileParser()): ResultLine[] {
  const lines: ResultLine[] = [];
  const take = (line: ScannedResultLine): void => void lines.push(resultLineOf(line));
  for (const chunk of chunks) parser.scan(chunk, take);
  parser.scanEnd(take);
  return lines;
}

function resultLineOf({ lineNumber, malformed, fields, transactionId }: ScannedResultLine): ResultLine {
  if (malformed !== undefined) return { kind: 'malformed', lineNumber, malformed };
  const text = (column: keyof typeof RESULT_COLUMN) => fields.textOf(RESULT_COLUMN[column]);
  const amount = (column: keyof typeof RESULT_COLUMN) => fields.amountOf(RESULT_COLUMN[column]);
  return {
    kind: 'parsed',
    lineNumber,
    merchantId: text('cmId'),
    bid: text('bid'),
    billingToken: text('billingToken'),
    storeProductId: text('productId'),
    productName: text('nmProduct'),
    orderNo: text('noBranchOrder'),
    amount: amount('amtReqPurchase'),
    carrierAmount: amount('amtCarrier'),
    creditCardAmount: amount('amtCreditCard'),
    tmembershipAmount: amount('amtTms'),
    transactionId,
    resultCode: text('cdResult'),
    resultMessage: text('msgResult'),
  };
}
