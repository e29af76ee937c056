import { RESULT_CODE_SUCCESS } from '../wire';
import { RESULT_COLUMN } from './result-file-parser';
import { MAX_TRANSACTION_ID_BYTES } from './result-file-rules';

/** What can be made out in a line that can't be read as a whole. Nothing of it is sure; all of it is for people to look into. */
export interface LineClues {
  /** What may be order numbers; which of them is one, the job's charges tell. */
  orderNos: string[];
  /** What looks like the id of a payment. */
  transactionIds: string[];
  /** What speaks of a payment: ids like those, whole or cut off, and words for success. */
  paymentWords: string[];
}

/** More words than any line has; a line without commas could be a thousand. */
const MOST_WORDS = 500;

const ORDER_NO = /^[0-9A-Za-z._-]{1,64}$/;
const NUMBER = /^\d+$/;
/** The gateway's own begin with a name of T store's; whatever else is so long a number counts something no line counts. */
const TRANSACTION_ID = /(?<![0-9A-Za-z])TS[0-9A-Z]*_[0-9A-Z_.-]+/i;
const LONG_NUMBER = /\d{20,}/;
/** Such as a billing token, whole or spoiled. */
const HEXADECIMAL = /^[0-9A-Fa-f]{32,}$/;
const SUCCESS = /success|paid|성공|승인|정상|완료/i;

/**
 * Looks for an order number and a payment anywhere in a line, whatever is wrong elsewhere in it: columns too many or too few,
 * quotes, other separators, bytes that belong to nothing.
 *
 * A number alone is an amount or a count, but in the column of order numbers. The first and the last word may be cut off, and a
 * part of an order number may be another one.
 */
export function cluesOf(raw: Buffer): LineClues {
  const words = wordsOf(raw);
  const orderNos = words.filter(
    ({ text, column, mayBeCut }) =>
      !mayBeCut && ORDER_NO.test(text) && (!NUMBER.test(text) || column === RESULT_COLUMN.noBranchOrder),
  );
  const payments = words.flatMap(({ text, mayBeCut }) => {
    const id = transactionIdIn(text);
    return id === undefined ? [] : [{ id, mayBeCut }];
  });
  const codes = words.some(({ text }) => text === RESULT_CODE_SUCCESS) ? [RESULT_CODE_SUCCESS] : [];
  const success = SUCCESS.exec(raw.toString('utf8'))?.slice(0, 1) ?? [];
  return {
    orderNos: unique(orderNos.map(({ text }) => text)),
    transactionIds: unique(payments.flatMap(({ id, mayBeCut }) => (mayBeCut ? [] : [id]))),
    paymentWords: unique([...codes, ...payments.map(({ id }) => id), ...success]),
  };
}

interface Word {
  text: string;
  column: number;
  /** Whether it stands at an end of the line. */
  mayBeCut: boolean;
}

/** Each field as it is without what can't be printed, and the words it falls into. */
function wordsOf(raw: Buffer): Word[] {
  const fields = raw.toString('latin1').split(',', MOST_WORDS);
  return fields
    .flatMap((field, column) => {
      const [isFirst, isLast] = [column === 0, column === fields.length - 1];
      const parts = field.split(/[^0-9A-Za-z._-]+/).filter((part) => part !== '');
      const printable = { text: field.replace(/[^\x21-\x7e]/g, ''), column, mayBeCut: isFirst || isLast };
      return [
        printable,
        ...parts.map((text, at) => {
          const mayBeCut = (isFirst && at === 0) || (isLast && at === parts.length - 1);
          return { text, column, mayBeCut };
        }),
      ];
    })
    .slice(0, MOST_WORDS);
}

function transactionIdIn(word: string): string | undefined {
  if (word.length > MAX_TRANSACTION_ID_BYTES || HEXADECIMAL.test(word)) return undefined;
  return TRANSACTION_ID.exec(word)?.[0] ?? (LONG_NUMBER.test(word) ? word : undefined);
}

function unique(texts: readonly string[]): string[] {
  return [...new Set(texts)];
}
