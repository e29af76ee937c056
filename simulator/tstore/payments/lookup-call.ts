import { RESULT_CODE_SUCCESS, type TransactionResponse } from '../../../src/gateways/tstore/wire';
import type { TstoreFaults } from '../faults/armed-faults';
import { delay } from '../../shared/http/delay';
import { writeProxyPage } from '../../shared/http/write-answer';
import type { TstoreExchange } from '../exchange';
import type { JobRegister } from '../jobs/job-register';
import type { Authorization } from '../oauth/authorization';
import { REFUSAL_CODES } from '../result-codes';
import { seoulCompact } from '../../shared/seoul-time';
import { findPayment, type Payment } from './payments';
import type { Refund, Refunds } from './refunds';

/** So spelt in the sample; the two for refunds are the simulator's own words, none is published. */
const STATUS = { paid: 'complite', refunded: 'refunded', partiallyRefunded: 'partiallyRefunded' } as const;

/** Its words for a payment of which something was refunded. */
export const REFUNDED_STATUSES: readonly string[] = [STATUS.refunded, STATUS.partiallyRefunded];

/** No sample shows where it comes from; the form is that of T store's application ids. */
const APP_ID = 'OA00000000';

/** Nobody's. */
const OTHER_AUTH_KEY = '0'.repeat(64);

export class LookupCall {
  constructor(
    private readonly authorization: Authorization,
    private readonly faults: TstoreFaults,
    private readonly jobs: JobRegister,
    private readonly refunds: Refunds,
  ) {}

  async handle(exchange: TstoreExchange, tid: string): Promise<void> {
    const client = await this.authorization.clientOf(exchange);
    if (client === null) return;
    await exchange.drain();
    const slow = this.faults.strikeOn(exchange, 'lookup-slow');
    if (slow) await delay(slow.number('delayMs'));
    await this.faults.strikeOn(exchange, 'lookup-held')?.disarmed;
    const failing = this.faults.strikeOn(exchange, 'lookup-failing');
    if (failing) return exchange.result(failing.number('status'), REFUSAL_CODES.failure, 'Lookup failed');
    if (this.faults.strikeOn(exchange, 'lookup-cut')) return exchange.cut();
    const html = this.faults.strikeOn(exchange, 'lookup-html');
    if (html) return writeProxyPage(exchange, html.number('status'));
    const refused = this.faults.strikeOn(exchange, 'lookup-refused');
    if (refused) {
      return exchange.result(refused.number('status'), refused.text('resultCode'), refused.text('resultMsg'));
    }
    const payment = await findPayment(this.jobs, tid, client);
    const isHidden = this.faults.strikeOn(exchange, 'lookup-not-found') !== null;
    if (!payment || isHidden) return exchange.result(200, REFUSAL_CODES.unknownTransaction, 'No such transaction');
    const refunds = this.faults.strikeOn(exchange, 'lookup-stale') ? [] : this.refunds.of(tid);
    const isOfAnother = this.faults.strikeOn(exchange, 'lookup-other-payer') !== null;
    exchange.json(200, describe(isOfAnother ? { ...payment, authKey: OTHER_AUTH_KEY } : payment, refunds));
  }
}

function describe(payment: Payment, refunds: readonly Refund[]): TransactionResponse {
  const refunded = refunds.reduce((sum, refund) => sum + refund.amount, 0);
  const isWhole = refunded === payment.row.amount;
  const latestAt = refunds.at(-1)?.refundedAt ?? payment.job.completedAt ?? 0;
  return {
    resultCode: RESULT_CODE_SUCCESS,
    resultMsg: '성공',
    payer: { authKey: payment.authKey },
    paymentTransactionInfo: {
      status: refunds.length === 0 ? STATUS.paid : isWhole ? STATUS.refunded : STATUS.partiallyRefunded,
      reason: '1',
      message: refunds.length === 0 ? '' : `Refunded ${refunded}`,
      lastestUpdate: seoulCompact(latestAt),
      tid: payment.tid,
      amount: payment.row.amount,
      description: payment.row.productName,
      goods: [{ appId: APP_ID, productId: payment.row.productId }],
      paymentMethods: payment.methods,
    },
  };
}
