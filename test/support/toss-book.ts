import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

interface Cancel {
  transactionKey: string;
  cancelReason: string;
  cancelAmount: number;
  canceledAt: string;
  cancelStatus: 'DONE';
}

interface Payment {
  paymentKey: string;
  orderId: string;
  status: string;
  totalAmount: number;
  balanceAmount: number;
  cancels: Cancel[] | null;
  [member: string]: unknown;
}

/** What becomes of the next cancellation, beside what should. */
export type NextCancel = 'as it should' | 'lost' | 'not done and lost' | 'no' | 'done, and no';

/** As little of Toss Payments as a refund needs: payments with a balance, cancelled once for a key. */
export class TossBook {
  readonly payments = new Map<string, Payment>();
  /** Keys of the cancellations that came, in order. */
  readonly keys: string[] = [];
  next: NextCancel = 'as it should';
  /** What `no` says. */
  refusal = { status: 400, code: 'REFUND_REJECTED' };
  private readonly answers = new Map<string, [status: number, body: object]>();
  private readonly server: Server;

  constructor() {
    this.server = createServer((request, response) => void this.answer(request, response));
  }

  async listen(): Promise<string> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  close(): Promise<void> {
    this.server.closeAllConnections();
    return new Promise((resolve) => this.server.close(() => resolve()));
  }

  pay(paymentKey: string, orderId: string, amount: number): void {
    const amounts = { totalAmount: amount, balanceAmount: amount, taxFreeAmount: 0, currency: 'KRW' };
    const words = { status: 'DONE', method: '카드', approvedAt: '2027-01-05T10:00:00+09:00', cancels: null };
    this.payments.set(paymentKey, { paymentKey, orderId, ...amounts, ...words });
  }

  /** Gives money back: for a call, or as the merchant does in Toss's own console. */
  cancel(paymentKey: string, cancelAmount: number, cancelReason: string): Payment {
    const payment = this.payments.get(paymentKey) as Payment;
    const cancels = payment.cancels ?? [];
    const transactionKey = `txrd_${paymentKey}_${cancels.length + 1}`;
    const canceledAt = new Date(Date.parse('2027-01-06T10:00:00+09:00') + cancels.length * 60_000).toISOString();
    const isWhole = cancels.length === 0 && cancelAmount === payment.totalAmount;
    const after = {
      ...payment,
      status: isWhole ? 'CANCELED' : 'PARTIAL_CANCELED',
      balanceAmount: payment.balanceAmount - cancelAmount,
      // The newest first: nobody has promised an order.
      cancels: [{ transactionKey, cancelReason, cancelAmount, canceledAt, cancelStatus: 'DONE' as const }, ...cancels],
    };
    this.payments.set(paymentKey, after);
    return after;
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const [, paymentKey = '', act] = /^\/v1\/payments\/([^/]+)(\/cancel)?$/.exec(request.url ?? '') ?? [];
    const payment = this.payments.get(paymentKey);
    if (payment === undefined) return send(response, 404, { code: 'NOT_FOUND_PAYMENT', message: 'no such payment' });
    if (act === undefined) return send(response, 200, payment);
    const key = String(request.headers['idempotency-key']);
    const body = JSON.parse(await text(request)) as Record<'cancelAmount' | 'refundableAmount', number> & {
      cancelReason: string;
    };
    this.keys.push(key);
    const next = this.next;
    this.next = 'as it should';
    if (next === 'not done and lost') return void response.destroy();
    const known = this.answers.get(key);
    const [status, answer] = known ?? this.canceled(payment, body, next);
    this.answers.set(key, [status, answer]);
    if (next === 'lost') return void response.destroy();
    send(response, status, answer);
  }

  private canceled(
    { paymentKey, balanceAmount }: Payment,
    body: { cancelAmount: number; refundableAmount: number; cancelReason: string },
    next: NextCancel,
  ): [number, object] {
    const no = (status: number, code: string): [number, object] => [status, { code, message: 'no' }];
    if (next === 'no') return no(this.refusal.status, this.refusal.code);
    if (next === 'done, and no') {
      this.cancel(paymentKey, body.cancelAmount, body.cancelReason);
      return no(this.refusal.status, this.refusal.code);
    }
    if (body.refundableAmount !== balanceAmount) return no(400, 'NOT_MATCHES_REFUNDABLE_AMOUNT');
    if (body.cancelAmount > balanceAmount) return no(403, 'NOT_CANCELABLE_AMOUNT');
    return [200, this.cancel(paymentKey, body.cancelAmount, body.cancelReason)];
  }
}

function send(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(body));
}
