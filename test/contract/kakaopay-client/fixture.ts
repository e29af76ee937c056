import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { KakaopayConfig } from '../../../src/config';
import { KakaopayClient } from '../../../src/gateways/kakaopay/api/kakaopay.client';
import type { KakaopayCall } from '../../../src/gateways/kakaopay/api/requests';
import { RawServer, httpAnswer, isWholeRequest } from '../tstore-client/raw-server';

/** No test waits for these time-outs. */
const PATIENT_MS = 600_000;

export const SECRET_KEY = 'DEVABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789A';

export const CALL: KakaopayCall = {
  ...{ account: 'kakaopay', secretKey: SECRET_KEY, generation: 'current' },
  contract: { cid: 'TC0ONETIME' },
};

function kakaopayConfig(url: string): KakaopayConfig {
  const waits = { connectTimeoutMs: PATIENT_MS, answerTimeoutMs: PATIENT_MS, openSeconds: 3_600 };
  return { account: undefined, apiBaseUrls: { current: url, legacy: url }, ...waits };
}

/** A body that somebody recorded, byte for byte. */
export function sample(name: string): string {
  return readFileSync(join(__dirname, 'samples', `${name}.json`), 'utf8');
}

/** Clients and servers that a test opens, to be closed after it. */
export class Opened {
  private readonly opened: { close(): unknown }[] = [];

  /** A client against a server that gives everybody the same answer, and what it was asked. */
  async answered(status: string, body: string): Promise<{ client: KakaopayClient; requests: string[] }> {
    const requests: string[] = [];
    const server = new RawServer((socket, received) => {
      if (!isWholeRequest(received)) return;
      requests.push(Buffer.from(received, 'latin1').toString('utf8'));
      socket.end(httpAnswer(status, body, 'Connection: close\r\n'));
    });
    this.opened.push(await server.listen());
    const client = new KakaopayClient(kakaopayConfig(server.url));
    this.opened.push({ close: () => client.onApplicationShutdown() });
    return { client, requests };
  }

  async close(): Promise<void> {
    for (const each of this.opened.splice(0).reverse()) await each.close();
  }
}
