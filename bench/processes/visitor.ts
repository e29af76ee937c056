import { Agent, request } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { answerOrders, answerTo } from './exchange';

/** An HTTP call, with a JSON body or none. */
export interface Call {
  method: 'GET' | 'POST';
  address: string;
  authorization?: string;
  idempotencyKey?: string;
  body?: object;
}

/** Visits that begin at a steady pace, however long those before them take; the calls of one are made one after the other. */
export interface VisitsOrder {
  visits: readonly (readonly Call[])[];
  perSecond: number;
}

export interface VisitsResult {
  medianMs: number;
  p99Ms: number;
}

async function visitAll({ visits, perSecond }: VisitsOrder): Promise<VisitsResult> {
  const agent = new Agent({ keepAlive: true });
  const beginsAt = performance.now();
  const waitsMs = await Promise.all(
    visits.map(async (calls, index) => {
      await delay(beginsAt + (1000 * index) / perSecond - performance.now());
      const startedAt = performance.now();
      for (const call of calls) await make(call, agent);
      return performance.now() - startedAt;
    }),
  );
  agent.destroy();
  waitsMs.sort((one, other) => one - other);
  const at = (share: number) => waitsMs[Math.floor(waitsMs.length * share)] ?? Number.NaN;
  return { medianMs: at(0.5), p99Ms: at(0.99) };
}

async function make({ method, address, authorization, idempotencyKey, body }: Call, agent: Agent): Promise<void> {
  const text = body === undefined ? '' : JSON.stringify(body);
  const headers = {
    ...(authorization !== undefined && { authorization }),
    ...(idempotencyKey !== undefined && { 'idempotency-key': idempotencyKey }),
    ...(body !== undefined && { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) }),
  };
  const status = await answerTo(request(address, { method, agent, headers }).end(text));
  // A return leads the customer on to the shop.
  if (status !== 200 && status !== 303) throw new Error(`${method} ${address} answered HTTP ${status}`);
}

answerOrders(visitAll);
