import { Agent, request } from 'node:http';
import { UPDATE_TIME, type LoadOrder, type LoadResult } from '../load';
import { answerOrders, answerTo } from './exchange';

async function load({ address, sender, connections, requests, firstJobId }: LoadOrder): Promise<LoadResult> {
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  const waitsMs: number[] = [];
  let sent = 0;
  const worker = async () => {
    while (sent < requests) {
      const jobId = firstJobId + sent++;
      const startedAt = performance.now();
      if (sender === 'pns') await post(address, agent, jobId);
      else await attack(address, agent, jobId);
      waitsMs.push(performance.now() - startedAt);
    }
  };
  const startedAt = performance.now();
  await Promise.all(Array.from({ length: connections }, worker));
  const seconds = (performance.now() - startedAt) / 1000;
  agent.destroy();
  waitsMs.sort((one, other) => one - other);
  const at = (share: number) => waitsMs[Math.floor(requests * share)] ?? Number.NaN;
  return { perSecond: requests / seconds, p99Ms: at(0.99), medianMs: at(0.5) };
}

async function post(address: string, agent: Agent, jobId: number): Promise<void> {
  const body = JSON.stringify({
    notifyVersion: '1.0',
    event: 'bulkJob',
    status: 'completed',
    jobId: String(jobId),
    updateTime: UPDATE_TIME,
  });
  const status = await answerTo(request(address, { method: 'POST', agent, headers: headersOf(body) }).end(body));
  if (status !== 200) throw new Error(`HTTP ${status}`);
}

/** Not JSON, JSON that never ends, more than anybody may send, and methods nobody uses. */
const ATTACKS: readonly { method: string; body: string }[] = [
  { method: 'POST', body: '\0'.repeat(1_000) },
  { method: 'POST', body: '['.repeat(16_000) },
  { method: 'POST', body: 'x'.repeat(100_000) },
  { method: 'PUT', body: '{}' },
  { method: 'GET', body: '' },
];

/** However it is answered, and if the connection is ended. */
async function attack(address: string, agent: Agent, index: number): Promise<void> {
  const { method, body } = ATTACKS[index % ATTACKS.length] as (typeof ATTACKS)[number];
  const call = request(address, { method, agent, headers: headersOf(body) }).end(body);
  await answerTo(call).catch(() => undefined);
}

function headersOf(body: string): Record<string, string | number> {
  return { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(body) };
}

answerOrders(load);
