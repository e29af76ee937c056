import { Agent, request } from 'node:http';

/** Notifications to send, all different, over kept connections. */
export interface LoadOrder {
  address: string;
  connections: number;
  requests: number;
  /** Job ids begin here, so that no two orders send the same message. */
  firstJobId: number;
}

export interface LoadResult {
  perSecond: number;
  p99Ms: number;
  medianMs: number;
}

async function load({ address, connections, requests, firstJobId }: LoadOrder): Promise<LoadResult> {
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  const waitsMs: number[] = [];
  let sent = 0;
  const worker = async () => {
    while (sent < requests) {
      const jobId = firstJobId + sent++;
      const startedAt = performance.now();
      await post(address, agent, jobId);
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

function post(address: string, agent: Agent, jobId: number): Promise<void> {
  const body = JSON.stringify({
    notifyVersion: '1.0',
    event: 'bulkJob',
    status: 'completed',
    jobId: String(jobId),
    updateTime: '20270101000000',
  });
  return new Promise((resolve, reject) => {
    const headers = { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(body) };
    const call = request(address, { method: 'POST', agent, headers }, (answer) => {
      answer.resume();
      answer.once('end', () =>
        answer.statusCode === 200 ? resolve() : reject(new Error(`HTTP ${answer.statusCode}`)),
      );
    });
    call.once('error', reject);
    call.end(body);
  });
}

process.on('message', (order: LoadOrder) => {
  load(order).then(
    (result) => process.send?.(result),
    (error: unknown) => {
      process.stderr.write(`${String(error)}\n`);
      process.exit(1);
    },
  );
});
