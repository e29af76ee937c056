import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { PRICE } from '../toss';

/** A Toss Payments that has so many payments of every day, and lists them page by page; it pays nothing out. */
const [count = ''] = process.argv.slice(2);
const COUNT = Number(count);
/** One of each day is listed with another amount than we have. */
const ODD = 7;

const server = createServer((call, answer) => {
  const { pathname, searchParams } = new URL(call.url ?? '', 'http://bench');
  const isKnown = pathname === '/v1/transactions' || pathname === '/v1/settlements';
  const rows = pathname === '/v1/transactions' ? pageOf(searchParams) : [];
  answer.writeHead(isKnown ? 200 : 404, { 'content-type': 'application/json' }).end(JSON.stringify(rows));
});
server.listen(0, '127.0.0.1', () => process.send?.(`http://127.0.0.1:${(server.address() as AddressInfo).port}`));

function pageOf(query: URLSearchParams): object[] {
  const day = (query.get('startDate') ?? '').slice(0, 'yyyy-mm-dd'.length);
  const first = Number(query.get('startingAfter')?.split('.').at(-1) ?? 0) + 1;
  const last = Math.min(COUNT, first - 1 + Number(query.get('limit')));
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, index) => rowOf(day, first + index));
}

function rowOf(day: string, number: number): object {
  const name = `${day}.${number}`;
  return {
    mId: 'bench',
    ...{ transactionKey: `key.${name}`, paymentKey: `payment.${name}`, orderId: `order.${name}` },
    ...{ method: '카드', customerKey: null, useEscrow: false, receiptUrl: null, status: 'DONE' },
    transactionAt: `${day}T12:00:00+09:00`,
    ...{ currency: 'KRW', amount: number === ODD ? PRICE + 1 : PRICE },
  };
}
