import { Agent, createServer, request, type Server } from 'node:http';
import { mkdtemp, rm } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Pool } from 'pg';
import { withDatabase } from './database';
import { interleaved, spreadOf, type BenchmarkOptions, type Comparison, type Spread } from './measure';
import { startBenchService } from './service';

const CONNECTIONS = 64;
const REQUESTS = 6_000;
const ANSWER = '{"resultCode":"0000","resultMsg":"SUCCESS"}';

/**
 * The listener beside a bare node:http server that does one INSERT a request (the floor L), both durable before they
 * answer, both asked over 64 kept connections by this process.
 */
export async function benchmarkListener({ adminUrl, rounds, print }: BenchmarkOptions): Promise<Comparison[]> {
  const directory = await mkdtemp(join(tmpdir(), 'bench-listener-'));
  try {
    return await withDatabase(adminUrl, async (url) => {
      const service = await startBenchService({ url, directory, role: 'listener' });
      const floor = await startFloor(url);
      try {
        const p99 = { floor: [] as number[], ours: [] as number[] };
        const side = (name: 'floor' | 'ours', address: string) => async () => {
          const load = await loadOnce(address);
          p99[name].push(load.p99Ms);
          print(`listener ${name}: ${Math.round(load.perSecond)} answers/s, p99 ${Math.round(load.p99Ms)} ms`);
          return load.perSecond;
        };
        const throughput = await interleaved(rounds, {
          floor: side('floor', floor.address),
          ours: side('ours', `${service.url}/noti_listener`),
        });
        // The first of each warmed up.
        const waits = { floor: spreadOf(p99.floor.slice(1)), ours: spreadOf(p99.ours.slice(1)) };
        return [throughputOf(throughput), waitsOf(waits)];
      } finally {
        await floor.close();
        await service.close();
      }
    });
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

const FLOOR = 'bare node:http, one INSERT a request';

function throughputOf(figures: { floor: Spread; ours: Spread }): Comparison {
  const ratio = figures.ours.median / figures.floor.median;
  return { name: 'listener', unit: 'answers/s', ...figures, floorIs: FLOOR, ratio, bar: '≥ 2.5', holds: ratio >= 2.5 };
}

function waitsOf(figures: { floor: Spread; ours: Spread }): Comparison {
  const ratio = figures.ours.median / figures.floor.median;
  return { name: 'listener, p99', unit: 'ms', ...figures, floorIs: FLOOR, ratio, bar: '≤ 0.5', holds: ratio <= 0.5 };
}

let messages = 0;

async function loadOnce(address: string): Promise<{ perSecond: number; p99Ms: number }> {
  const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS });
  const waitsMs: number[] = [];
  let left = REQUESTS;
  const worker = async () => {
    while (left-- > 0) {
      const startedAt = performance.now();
      await post(address, agent);
      waitsMs.push(performance.now() - startedAt);
    }
  };
  const startedAt = performance.now();
  await Promise.all(Array.from({ length: CONNECTIONS }, worker));
  const seconds = (performance.now() - startedAt) / 1000;
  agent.destroy();
  waitsMs.sort((one, other) => one - other);
  return { perSecond: REQUESTS / seconds, p99Ms: waitsMs[Math.floor(REQUESTS * 0.99)] ?? Number.NaN };
}

function post(address: string, agent: Agent): Promise<void> {
  const body = JSON.stringify({
    notifyVersion: '1.0',
    event: 'bulkJob',
    status: 'completed',
    jobId: String(++messages),
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

async function startFloor(url: string): Promise<{ address: string; close: () => Promise<void> }> {
  const pool = new Pool({ connectionString: url, max: 10 });
  await pool.query(
    'CREATE TABLE floor_notification (id bigserial PRIMARY KEY, body jsonb NOT NULL, at timestamptz DEFAULT now())',
  );
  const server: Server = createServer((call, answer) => {
    const chunks: Buffer[] = [];
    call.on('data', (chunk: Buffer) => chunks.push(chunk));
    call.on('end', () => {
      pool.query('INSERT INTO floor_notification (body) VALUES ($1)', [Buffer.concat(chunks).toString()]).then(
        () => answer.end(ANSWER),
        () => answer.writeHead(503).end(),
      );
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    address: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    async close() {
      await new Promise((resolve) => server.close(resolve));
      await pool.end();
    },
  };
}
