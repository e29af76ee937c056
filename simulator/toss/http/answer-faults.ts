import { delay } from '../../shared/http/delay';
import type { Exchange } from '../../shared/http/exchange';
import type { Strike } from '../../shared/faults/armed-faults';
import { definitionOf } from '../error-codes';
import type { TossFaultKind } from '../faults/catalogue';
import { membersOf, type Members } from './members';
import type { TossAnswer } from './toss-call';

export type Struck = (kind: TossFaultKind) => Strike | null;

/** A proxy between the merchant and Toss, speaking for itself. */
const PROXY_PAGE = '<html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1></body></html>';

export function refusalAnswer(code: string, status: number): TossAnswer {
  const { status: own, ko } = definitionOf(code);
  return { status: status === 0 ? own : status, body: { code, message: ko } };
}

export function writeProxyPage(exchange: Exchange, status: number): void {
  exchange.response.writeHead(status, { 'Content-Type': 'text/html' }).end(PROXY_PAGE);
}

/** What armed faults change in a payment's answer; what was done stays as it was. */
export function alteredBody(body: object, struck: Struck): object {
  let payment: Members | null = membersOf(body);
  if (payment?.paymentKey === undefined || payment.totalAmount === undefined) return body;
  const amount = struck('answer-other-amount');
  if (amount) {
    const byWon = amount.number('byWon');
    payment = {
      ...payment,
      totalAmount: Number(payment.totalAmount) + byWon,
      balanceAmount: Number(payment.balanceAmount) + byWon,
    };
  }
  if (struck('answer-other-order')) payment = { ...payment, orderId: 'order-of-somebody-else' };
  const status = struck('answer-other-status');
  if (status) payment = { ...payment, status: status.text('status') };
  const currency = struck('answer-other-currency');
  if (currency) payment = { ...payment, currency: currency.text('currency') };
  if (struck('answer-unknown-members')) payment = { ...payment, newSince2027: { 가: 1 }, riskScore: null };
  return payment;
}

/** Sends the answer as the armed faults want it: not at all, in part, or in small pieces. */
export async function writeAnswer(exchange: Exchange, status: number, text: string, struck: Struck): Promise<void> {
  const slow = struck('answer-slow');
  if (slow) await delay(slow.number('delayMs'));
  await struck('answer-held')?.disarmed;
  if (struck('answer-lost')) return exchange.cut();
  const bytes = Buffer.from(text, 'utf8');
  const { response } = exchange;
  response.writeHead(status, {
    ...(bytes.length > 0 ? { 'Content-Type': 'application/json' } : {}),
    'Content-Length': bytes.length,
  });
  const truncated = struck('answer-truncated');
  if (truncated) {
    const part = bytes.subarray(0, Math.floor(bytes.length * truncated.number('share')));
    // A part that never left the socket's buffer would look like no answer at all.
    await new Promise<void>((resolve) => response.write(part.length > 0 ? part : ' ', () => resolve()));
    await delay(30);
    return exchange.cut();
  }
  const drip = struck('answer-drip');
  if (drip) {
    const size = Math.max(1, drip.number('bytes'));
    for (let from = 0; from < bytes.length && !response.destroyed; from += size) {
      response.write(bytes.subarray(from, from + size));
      await delay(drip.number('everyMs'));
    }
    response.end();
    return;
  }
  response.end(bytes);
}
