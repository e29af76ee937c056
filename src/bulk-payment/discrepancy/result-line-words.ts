import { DECLINE_CODE_PATTERN, RESULT_CODE_SUCCESS } from '../../gateways/tstore';

/** What a result line says of money: its code and its transaction, each as far as it can be read. */
export interface ResultLineWords {
  resultCode?: string;
  transactionId?: string | null;
  /** Why it can't be read as a whole. */
  reason?: string;
}

const DECLINE_CODE = new RegExp(DECLINE_CODE_PATTERN);

/** The transaction a line names; `null` where it names none, or there is no line. */
export function namedTransactionOf(line: ResultLineWords | null): string | null {
  return line?.transactionId ?? null;
}

export function saysPaid(line: ResultLineWords | null): boolean {
  return line?.resultCode === RESULT_CODE_SUCCESS;
}

/** Whether it says no and names no payment, so that nothing of it speaks for one. */
export function plainlyDeclines(line: ResultLineWords | null): boolean {
  return saysDeclined(line) && namedTransactionOf(line) === null;
}

/** Whether its code is plainly that of a decline; not beside a transaction that nobody can read. */
export function saysDeclined(line: ResultLineWords | null): boolean {
  if (line?.resultCode === undefined || line.reason === 'unreadable-transaction-id') return false;
  return DECLINE_CODE.test(line.resultCode);
}
