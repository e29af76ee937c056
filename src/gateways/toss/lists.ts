import { Injectable } from '@nestjs/common';
import type { ListPage, ListedDays, ListedPayout, ListedTransaction } from '../collection';
import type { GatewayAnswer } from '../gateway';
import type { ListsPayments } from '../ports';
import type { TossSettlement, TossTransaction } from './api/listings';
import { TossClient } from './api/toss.client';
import { TossAccounts } from './toss-accounts';

/** Words of rows in which money came or went; a virtual account that is issued is a row too, of nothing. */
const KINDS: Readonly<Record<string, ListedTransaction['kind']>> = {
  DONE: 'payment',
  CANCELED: 'refund',
  PARTIAL_CANCELED: 'refund',
};

/** Toss's own lists. Only an empty page is the end: a short one may be all that Toss gives at a time. */
@Injectable()
export class TossLists implements ListsPayments {
  constructor(
    private readonly accounts: TossAccounts,
    private readonly client: TossClient,
  ) {}

  async transactions({ account, cursor, ...days }: ListedDays): Promise<GatewayAnswer<ListPage<ListedTransaction>>> {
    const answer = await this.accounts.asking(account, (secretKey) =>
      this.client.transactions(days, cursor, { account, secretKey }),
    );
    if (answer.kind !== 'success') return answer;
    const { value: rows } = answer;
    return { ...answer, value: { rows: rows.map(transactionOf), next: rows.at(-1)?.transactionKey ?? null } };
  }

  async payouts({ account, cursor = '1', ...days }: ListedDays): Promise<GatewayAnswer<ListPage<ListedPayout>>> {
    const answer = await this.accounts.asking(account, (secretKey) =>
      this.client.settlements(days, Number(cursor), { account, secretKey }),
    );
    if (answer.kind !== 'success') return answer;
    const { value: rows } = answer;
    const next = rows.length === 0 ? null : String(Number(cursor) + 1);
    return { ...answer, value: { rows: rows.map(payoutOf), next } };
  }
}

function transactionOf(row: TossTransaction): ListedTransaction {
  const { transactionKey: actId, paymentKey: transactionId, orderId: orderNo, transactionAt: at, ...same } = row;
  const kind = Object.hasOwn(KINDS, row.status) ? KINDS[row.status] : undefined;
  return { actId, transactionId, orderNo, at, ...same, kind: kind ?? 'other' };
}

function payoutOf(row: TossSettlement): ListedPayout {
  const { transactionKey: actId, paymentKey: transactionId, orderId: orderNo } = row;
  return {
    ...{ actId, transactionId, orderNo },
    kind: row.isCancel ? 'refund' : 'payment',
    ...{ currency: row.currency, amount: row.amount, fee: row.fee, payOut: row.payOutAmount },
    ...{ soldOn: row.soldDate, paidOutOn: row.paidOutDate },
  };
}
