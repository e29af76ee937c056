import { randomUUID } from 'node:crypto';
import { Agent, request } from 'node:http';
import { startWatch, type Run } from '../measure';
import { PRICE, TOSS_AUTHORIZATION, type BenchCard } from '../toss';
import { answerOrders, answerTo } from './exchange';

/** Cards to charge once each, under order numbers that begin so. */
export interface BareCallsOrder {
  baseUrl: string;
  cards: readonly BenchCard[];
  orderNoPrefix: string;
  connections: number;
}

/** The calls that charge, with nothing stored before or after. */
async function callAll({ baseUrl, cards, orderNoPrefix, connections }: BareCallsOrder): Promise<Run> {
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  const stop = startWatch();
  let next = 0;
  const worker = async () => {
    for (let index = next++; index < cards.length; index = next++) {
      const { billingKey, customerKey } = cards[index] as BenchCard;
      const orderId = `${orderNoPrefix}-${index}`;
      const body = JSON.stringify({ amount: PRICE, customerKey, orderId, orderName: 'bench' });
      const headers = {
        authorization: TOSS_AUTHORIZATION,
        'content-type': 'application/json',
        'content-length': Buffer.byteLength(body),
        'idempotency-key': randomUUID(),
      };
      const address = `${baseUrl}/v1/billing/${encodeURIComponent(billingKey)}`;
      const status = await answerTo(request(address, { method: 'POST', agent, headers }).end(body));
      if (status !== 200) throw new Error(`HTTP ${status}`);
    }
  };
  await Promise.all(Array.from({ length: connections }, worker));
  const run = stop();
  agent.destroy();
  return run;
}

answerOrders(callAll);
