import type {
  CheckoutOrder,
  CheckoutPayment,
  ConfirmsCheckouts,
  FindsOrders,
  GatewayAnswer,
  OpenWindow,
  PaymentAnswer,
  PaymentReceipt,
  PreparedPayment,
  WindowReturn,
} from '../../src/gateways';
import { won } from '../../src/kernel/won';

/** What becomes of the next confirmation: as it should, or one of what goes wrong. */
export type NextAnswer =
  | 'paid'
  | 'declined'
  | 'lost-before'
  | 'lost-after'
  | 'not-sent'
  | 'refused'
  | 'unauthorized'
  | 'other-amount'
  | 'other-order';

/** A gateway with a payment window, by the ports alone: takes the money of a key once, whatever it answers. */
export class WindowGateway implements ConfirmsCheckouts, FindsOrders {
  readonly longestCallMs = 60_000;
  readonly sameCallForHours = 24;
  readonly openForSeconds = 0;
  readonly needsReference = false;
  readonly findsAgreed = false;
  /** Answers to come, in order; then all go as they should. */
  readonly next: NextAnswer[] = [];
  /** By idempotency key: what was taken. */
  readonly taken = new Map<string, CheckoutPayment>();
  /** All calls that moved money or might have. */
  calls = 0;
  /** Held while set. */
  hold: Promise<void> | undefined;

  window({ orderNo, amount, successUrl, failUrl }: CheckoutOrder): Promise<GatewayAnswer<OpenWindow>> {
    const window = { clientKey: 'test_ck_window', orderId: orderNo, amount, successUrl, failUrl };
    return Promise.resolve({ kind: 'success', value: { window, reference: null } });
  }

  returned({ paymentKey, orderId, amount }: Readonly<Record<string, unknown>>): WindowReturn | undefined {
    if (typeof paymentKey !== 'string' || typeof orderId !== 'string') return undefined;
    return /^\d+$/.test(String(amount))
      ? { reference: paymentKey, orderNo: orderId, amount: Number(amount) }
      : undefined;
  }

  prepare(payment: CheckoutPayment): Promise<PreparedPayment> {
    const { idempotencyKey } = payment;
    return Promise.resolve({ idempotencyKey, send: () => this.send(payment) });
  }

  findByOrder({ orderNo }: { account: string; orderNo: string }): Promise<GatewayAnswer<PaymentReceipt>> {
    const found = [...this.taken.values()].find((payment) => payment.orderNo === orderNo);
    if (found !== undefined) return Promise.resolve({ kind: 'success', value: receiptOf(found) });
    const absent = { kind: 'refused', httpStatus: 404, resultMessage: 'no such payment', unauthorized: false } as const;
    return Promise.resolve({ ...absent, resultCode: 'NOT_FOUND_PAYMENT', notFound: true });
  }

  private async send(payment: CheckoutPayment): Promise<PaymentAnswer<PaymentReceipt>> {
    this.calls += 1;
    await this.hold;
    const answer = this.next.shift() ?? 'paid';
    const unknown = { kind: 'unknown', reason: 'connection-lost', message: 'connection-lost' } as const;
    const refused = { kind: 'refused', httpStatus: 400, resultMessage: 'no', unauthorized: false } as const;
    switch (answer) {
      case 'declined':
        return { kind: 'declined', resultCode: 'REJECT_CARD_PAYMENT', resultMessage: '한도초과', retry: 'later' };
      case 'refused':
        return { ...refused, resultCode: 'INVALID_REQUEST' };
      case 'unauthorized':
        return { ...refused, httpStatus: 401, resultCode: 'UNAUTHORIZED_KEY', unauthorized: true };
      case 'not-sent':
        return { ...unknown, mayHaveArrived: false };
      case 'lost-before':
        return { ...unknown, mayHaveArrived: true };
      case 'paid':
      case 'lost-after':
      case 'other-amount':
      case 'other-order':
        this.taken.set(payment.idempotencyKey, payment);
    }
    if (answer === 'lost-after') return { ...unknown, mayHaveArrived: true };
    const receipt = receiptOf(payment);
    if (answer === 'other-amount') return { kind: 'success', value: { ...receipt, amount: won(receipt.amount + 1) } };
    if (answer === 'other-order') return { kind: 'success', value: { ...receipt, orderNo: 'another' } };
    return { kind: 'success', value: receipt };
  }
}

function receiptOf({ orderNo, amount, reference }: CheckoutPayment): PaymentReceipt {
  const of = { transactionId: reference, orderNo, amount, currency: 'KRW' };
  return { ...of, standing: 'paid', resultCode: 'DONE', resultMessage: 'paid' };
}
