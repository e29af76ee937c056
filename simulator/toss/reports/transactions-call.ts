import type { Strike } from '../../shared/faults/armed-faults';
import type { TossFaultKind, TossFaults } from '../faults/catalogue';
import { TossRefusal } from '../error-codes';
import { ok, type TossAnswer, type TossRequest } from '../http/toss-call';
import type { Transaction } from '../payments/payment';
import { methodOf, receiptBody } from '../payments/payment-body';
import type { PaymentRegister } from '../payments/payment-register';
import { readSeoulTime, seoulTime } from '../times';
import { pageSize } from './page-size';

interface Row {
  transactionKey: string;
  orderId: string;
  status: string;
  amount: number;
}

/** The transactions of a span, by cursor. */
export class TransactionsCall {
  constructor(
    private readonly register: PaymentRegister,
    private readonly faults: TossFaults,
  ) {}

  handle({ merchant, query }: TossRequest): TossAnswer {
    const fromAt = readSeoulTime(query.get('startDate') ?? '');
    const toAt = readSeoulTime(query.get('endDate') ?? '');
    if (Number.isNaN(fromAt)) throw new TossRefusal('INVALID_REQUEST', 'startDate');
    if (Number.isNaN(toAt) || toAt < fromAt) throw new TossRefusal('INVALID_REQUEST', 'endDate');
    const limit = pageSize(query.get('limit'), 'limit');
    const rows = this.register
      .transactions()
      .filter(({ payment, at }) => payment.merchant === merchant && at >= fromAt && at < wholeSecondAfter(toAt));
    return ok(
      this.damaged(
        after(rows, query.get('startingAfter') ?? '')
          .slice(0, limit)
          .map(rowOf),
      ),
    );
  }

  private damaged(rows: Row[]): Row[] {
    const missing = this.struck('transactions-missing', rows);
    const left = missing?.rows ?? [];
    for (let more = missing?.strike.number('rows') ?? 0; more > 0 && left.length > 0; more -= 1) {
      const [gone] = left.splice(missing?.strike.random.below(left.length) ?? 0, 1);
      rows.splice(rows.indexOf(gone as Row), 1);
    }
    const altered = this.struck('transactions-amount-altered', rows);
    for (const row of altered?.rows.slice(0, altered.strike.number('rows')) ?? []) {
      row.amount += altered?.strike.number('byWon') ?? 0;
    }
    for (const row of this.struck('transactions-negative-cancels', rows)?.rows ?? []) {
      if (row.status.endsWith('CANCELED')) row.amount = -row.amount;
    }
    return rows;
  }

  /** A fault and the rows of the page that it strikes: those of its order, where it was armed for one. */
  private struck(kind: TossFaultKind, rows: readonly Row[]): { strike: Strike; rows: Row[] } | undefined {
    const named = this.faults.named(kind, 'orderId');
    const orderId = rows.find((row) => named.includes(row.orderId))?.orderId ?? null;
    // A page without any row can't be struck, and the fault waits for one that has some.
    const strike = rows.length === 0 ? null : this.faults.strike(kind, { call: 'transactions', orderId });
    if (strike === null) return undefined;
    return { strike, rows: rows.filter((row) => orderId === null || row.orderId === orderId) };
  }
}

/** `T23:59:59` means the whole of that second; a bare date its midnight. */
function wholeSecondAfter(at: number): number {
  return at % 1000 === 0 ? at + 1000 : at + 1;
}

function after(rows: Transaction[], cursor: string): Transaction[] {
  if (cursor === '') return rows;
  const at = rows.findIndex(({ transactionKey }) => transactionKey === cursor);
  if (at < 0) throw new TossRefusal('INVALID_REQUEST', 'startingAfter');
  return rows.slice(at + 1);
}

function rowOf({ payment, transactionKey, status, at, amount }: Transaction): Row {
  const row = {
    mId: payment.merchant.mId,
    transactionKey,
    paymentKey: payment.paymentKey,
    orderId: payment.orderId,
    method: methodOf(payment.means),
    customerKey: payment.customerKey,
    useEscrow: payment.useEscrow,
    receiptUrl: receiptBody(payment)?.url ?? null,
    status,
    transactionAt: seoulTime(at),
    currency: 'KRW',
    amount,
  };
  return row;
}
