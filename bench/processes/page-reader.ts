import { Agent, get } from 'node:http';
import { Connection } from '../../src/platform/database';
import { answerOrders, answerTo } from './exchange';

/** Pages to read, each beside its bare rows, one after the other over one connection each. */
export interface PagesOrder {
  databaseUrl: string;
  key: string;
  pages: readonly { address: string; bareSql: string; bareParameters: readonly number[] }[];
}

/** Milliseconds, page by page. */
export interface PagesResult {
  ours: number[];
  bare: number[];
}

async function read({ databaseUrl, key, pages }: PagesOrder): Promise<PagesResult> {
  const client = new Connection(databaseUrl);
  await client.connect();
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const result: PagesResult = { ours: [], bare: [] };
  try {
    for (const [index, { address, bareSql, bareParameters }] of pages.entries()) {
      const ours = async () => result.ours.push(await milliseconds(() => readPage(agent, address, key)));
      const bare = async () => result.bare.push(await milliseconds(() => client.query(bareSql, [...bareParameters])));
      // Whoever comes first brings the rows into memory.
      for (const one of index % 2 === 0 ? [ours, bare] : [bare, ours]) await one();
    }
    return result;
  } finally {
    agent.destroy();
    await client.end();
  }
}

async function milliseconds(work: () => Promise<unknown>): Promise<number> {
  const startedAt = performance.now();
  await work();
  return performance.now() - startedAt;
}

async function readPage(agent: Agent, address: string, key: string): Promise<void> {
  const status = await answerTo(get(address, { agent, headers: { authorization: `Bearer ${key}` } }));
  if (status !== 200) throw new Error(`${address} answered ${status}`);
}

answerOrders(read);
