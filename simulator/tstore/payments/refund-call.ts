import { RESULT_CODE_SUCCESS, type PaymentMethod, type RefundResponse } from '../../../src/gateways/tstore/wire';
import type { SimulatorClock } from '../../shared/clock';
import type { TstoreFaults } from '../faults/armed-faults';
import { delay } from '../../shared/http/delay';
import { writeProxyPage } from '../../shared/http/write-answer';
import type { TstoreExchange } from '../exchange';
import type { JobRegister } from '../jobs/job-register';
import type { Authorization } from '../oauth/authorization';
import { REFUSAL_CODES } from '../result-codes';
import { findPayment, type Payment } from './payments';
import { readRefundRequest, type WantedRefund } from './refund-request';
import type { Refunds } from './refunds';
import { refundIdOf } from './transaction-id';

export class RefundCall {
  constructor(
    private readonly authorization: Authorization,
    private readonly faults: TstoreFaults,
    private readonly jobs: JobRegister,
    private readonly refunds: Refunds,
    private readonly clock: SimulatorClock,
  ) {}

  async handle(exchange: TstoreExchange): Promise<void> {
    const client = await this.authorization.clientOf(exchange);
    if (client === null) return;
    const wanted = readRefundRequest(await exchange.readText());
    const failing = this.faults.strikeOn(exchange, 'refund-failing-before');
    if (failing) return exchange.result(failing.number('status'), REFUSAL_CODES.failure, 'Failed before the refund');
    if (this.faults.strikeOn(exchange, 'refund-cut')) return exchange.cut();
    const html = this.faults.strikeOn(exchange, 'refund-html');
    if (html) return writeProxyPage(exchange, html.number('status'));
    const refused = this.faults.strikeOn(exchange, 'refund-refused');
    if (refused) {
      return exchange.result(refused.number('status'), refused.text('resultCode'), refused.text('resultMsg'));
    }
    if (typeof wanted === 'string') return exchange.result(200, REFUSAL_CODES.unreadable, wanted);
    const payment = await findPayment(this.jobs, wanted.tid, client);
    if (!payment) return exchange.result(200, REFUSAL_CODES.unknownTransaction, 'No such transaction');
    const mismatch = mismatchOf(wanted, payment);
    if (mismatch !== null) return exchange.result(200, REFUSAL_CODES.refundMismatch, mismatch);
    if (!this.fits(wanted, payment)) {
      return exchange.result(200, REFUSAL_CODES.refundExceeds, 'More than is left of the payment');
    }
    await this.refund(exchange, wanted, payment);
  }

  private fits(wanted: WantedRefund, payment: Payment): boolean {
    const left = payment.row.amount - this.refunds.amountOf(payment.tid);
    return wanted.fullRefund ? wanted.amount === left : wanted.amount <= left;
  }

  private async refund(exchange: TstoreExchange, wanted: WantedRefund, payment: Payment): Promise<void> {
    const refundedAt = this.clock.now();
    const refundTid = refundIdOf(refundedAt, this.refunds.count + 1);
    this.refunds.add({
      refundTid,
      tid: payment.tid,
      orderNo: payment.row.orderNo,
      jobId: payment.job.id,
      amount: wanted.amount,
      refundedAt,
    });
    exchange.note += ` refunded ${wanted.amount} of ${payment.tid}`;
    const slow = this.faults.strikeOn(exchange, 'refund-slow');
    if (slow) await delay(slow.number('delayMs'));
    await this.faults.strikeOn(exchange, 'refund-held')?.disarmed;
    const failing = this.faults.strikeOn(exchange, 'refund-failing-after');
    if (failing) return exchange.result(failing.number('status'), REFUSAL_CODES.failure, 'Failed after the refund');
    const refused = this.faults.strikeOn(exchange, 'refund-refused-after');
    if (refused) {
      return exchange.result(refused.number('status'), refused.text('resultCode'), refused.text('resultMsg'));
    }
    if (this.faults.strikeOn(exchange, 'refund-answer-lost')) return exchange.cut();
    const html = this.faults.strikeOn(exchange, 'refund-html-after');
    if (html) return writeProxyPage(exchange, html.number('status'));
    const body: RefundResponse = {
      resultCode: RESULT_CODE_SUCCESS,
      resultMsg: 'Success',
      refundTransactionResponse: {
        refundTid,
        tid: payment.tid,
        amount: wanted.amount,
        paymentMethods: wanted.methods ?? takenFrom(payment.methods, wanted.amount),
      },
    };
    exchange.json(200, body);
  }
}

/** What the operator's own sample sends as `authKey` in each refund; T store can't compare it. */
const SAMPLE_AUTH_KEY = 'AuthKey';

/**
 * What is given must be true of the payment (docs/protocol/tstore.md, section 2.2); what is left out is not checked.
 */
function mismatchOf(wanted: WantedRefund, payment: Payment): string | null {
  if (!isPayer(wanted.authKey, payment)) return 'authKey is not the payer of it';
  if (wanted.methods === null) return null;
  const sum = wanted.methods.reduce((total, method) => total + method.amount, 0);
  if (sum !== wanted.amount) return 'paymentMethods do not add up to amount';
  const isOurs = wanted.methods.every((asked) =>
    payment.methods.some((paid) => paid.paymentMethod === asked.paymentMethod && asked.amount <= paid.amount),
  );
  return isOurs ? null : 'paymentMethods are not those of the payment';
}

function isPayer(authKey: string | null, payment: Payment): boolean {
  return authKey === null || authKey === SAMPLE_AUTH_KEY || authKey === payment.authKey;
}

/** A refund that names no methods takes them in the payment's own order. */
function takenFrom(methods: readonly PaymentMethod[], amount: number): PaymentMethod[] {
  const taken: PaymentMethod[] = [];
  let left = amount;
  for (const method of methods) {
    const part = Math.min(left, method.amount);
    if (part > 0) taken.push({ paymentMethod: method.paymentMethod, amount: part });
    left -= part;
  }
  return taken;
}
