import { Injectable } from '@nestjs/common';
import { won, type Won } from '../../kernel/won';
import type { ListedTransaction } from '../collection';
import type { LookedUpPayment } from '../gateway';
import type { TellsActs } from '../ports';
import type { KakaopayPayment } from './api/payment';
import { openedOf, standingOf } from './found-payment';

/** Words of its rows, which stand for what happened where it says nothing else. */
const PAID = 'PAYMENT';
const CANCELED = 'CANCEL';

/** What happened to a payment of KakaoPay, by its answer of order: there is no list. Sums are of the amounts, never of the rows. */
@Injectable()
export class KakaopayActs implements TellsActs {
  actsOf({ basis }: LookedUpPayment, known: ReadonlyMap<string, Won>): ListedTransaction[] {
    const { payment } = openedOf(basis);
    const { tid, orderId, approvedAt, createdAt, amount } = payment;
    const status = payment.status ?? '';
    const standing = standingOf(status);
    const row = { transactionId: tid, orderNo: orderId, currency: 'KRW' };
    if (standing === undefined) {
      return [{ ...row, actId: tid, kind: 'other', status, amount: won(0), at: approvedAt ?? createdAt }];
    }
    if (standing !== 'paid' && standing !== 'refunded') return [];
    const paid = { ...row, actId: tid, kind: 'payment', status: PAID, amount: amount?.total ?? won(0) } as const;
    const refunds = refundsOf(payment, known).map(
      (one) => ({ ...row, kind: 'refund', status: CANCELED, ...one }) as const,
    );
    return [{ ...paid, at: approvedAt ?? createdAt }, ...refunds];
  }
}

type Refund = Pick<ListedTransaction, 'actId' | 'amount' | 'at'>;

/**
 * Row by row where each has its amount, or is one that we know. What the rows leave of all that was given back is of those that say
 * nothing, or of none; where they say more than that they are not believed.
 */
function refundsOf({ tid, canceled, canceledAt, actions }: KakaopayPayment, known: ReadonlyMap<string, Won>): Refund[] {
  const total = canceled?.total ?? 0;
  const rows = actions
    .filter(({ type }) => type === CANCELED)
    .map(({ aid, amount, at }) => ({ actId: aid, amount: amount ?? known.get(aid), at: at ?? canceledAt }));
  const said = rows.flatMap(({ amount, ...row }) => (amount === undefined ? [] : [{ ...row, amount }]));
  const rest = total - said.reduce((sum, { amount }) => sum + amount, 0);
  if (rest === 0) return said;
  const unsaid = rows.find(({ amount }) => amount === undefined);
  const one = { actId: unsaid?.actId ?? `${tid}-canceled`, at: unsaid?.at ?? canceledAt };
  return rest > 0 ? [...said, { ...one, amount: won(rest) }] : total > 0 ? [{ ...one, amount: won(total) }] : [];
}
