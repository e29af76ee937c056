import { parseSeoulDate, type SeoulDate } from '../../../kernel/seoul-calendar';
import { signedWon, type SignedWon, type Won } from '../../../kernel/won';
import { isJsonObject, isNumber, listOf, textOf, type JsonMembers, type Show } from '../../reading';
import { WON_CURRENCY } from '../wire';
import { instantOf, keyOf } from './payment';

/** A row of Toss's own list of a day. */
export interface TossTransaction {
  transactionKey: string;
  paymentKey: string;
  orderId: string;
  status: string;
  currency: string;
  /** Never negative: whether a cancel's is on the wire, nobody has confirmed. */
  amount: Won;
  transactionAt: Date | null;
}

/** What Toss pays out for a payment, or takes back for a cancel. */
export interface TossSettlement {
  transactionKey: string;
  paymentKey: string;
  orderId: string;
  currency: string;
  isCancel: boolean;
  amount: SignedWon;
  fee: SignedWon;
  payOutAmount: SignedWon;
  soldDate: SeoulDate | null;
  paidOutDate: SeoulDate | null;
}

/** Both lists are bare arrays. @returns `undefined` when one row can't be read: a list with a gap is no list */
export function readTransactions(json: unknown, show: Show): TossTransaction[] | undefined {
  return readRows(json, (row) => {
    const named = namesIn(row);
    const status = show(row.status);
    const amount = named && signedIn(named.currency, row.amount);
    if (named === undefined || amount === undefined || status === '') return undefined;
    const transactionAt = instantOf(row.transactionAt);
    return { ...named, status, amount: Math.abs(amount) as Won, transactionAt };
  });
}

export function readSettlements(json: unknown): TossSettlement[] | undefined {
  return readRows(json, (row) => {
    const named = namesIn(row);
    if (named === undefined) return undefined;
    const [amount, fee, payOutAmount] = [row.amount, row.fee, row.payOutAmount].map((value) =>
      signedIn(named.currency, value),
    );
    if (amount === undefined || fee === undefined || payOutAmount === undefined) return undefined;
    return {
      ...named,
      isCancel: isJsonObject(row.cancel) || amount < 0,
      ...{ amount, fee, payOutAmount },
      soldDate: dateOf(row.soldDate),
      paidOutDate: dateOf(row.paidOutDate),
    };
  });
}

function readRows<T>(json: unknown, read: (row: JsonMembers) => T | undefined): T[] | undefined {
  return Array.isArray(json) ? listOf(json, read) : undefined;
}

function namesIn(row: JsonMembers) {
  const transactionKey = keyOf(row.transactionKey);
  const paymentKey = keyOf(row.paymentKey);
  const orderId = keyOf(row.orderId);
  const currency = keyOf(row.currency);
  if (transactionKey === undefined || paymentKey === undefined || orderId === undefined) return undefined;
  return currency === undefined ? undefined : { transactionKey, paymentKey, orderId, currency };
}

/** A whole number, or its digits; 0 in another currency than won. */
function signedIn(currency: string, value: unknown): SignedWon | undefined {
  if (currency !== WON_CURRENCY) return signedWon(0);
  const text = isNumber(value) ? String(value) : textOf(value);
  return text !== undefined && /^-?\d{1,16}(?:\.0+)?$/.test(text) ? signedWon(Number(text)) : undefined;
}

function dateOf(value: unknown): SeoulDate | null {
  return parseSeoulDate(textOf(value)?.slice(0, 'yyyy-mm-dd'.length) ?? '') ?? null;
}
