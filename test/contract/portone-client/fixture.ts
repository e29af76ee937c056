import type { PortoneConfig } from '../../../src/config';
import { PortoneClient } from '../../../src/gateways/portone/api/portone.client';
import type { PortoneCall } from '../../../src/gateways/portone/api/requests';
import { RawServer, httpAnswer, isWholeRequest } from '../tstore-client/raw-server';

/** No test waits for these time-outs. */
const PATIENT_MS = 600_000;

export const API_SECRET = 'SimulatorStoreSecretSimulatorStoreSecretSimulatorStoreSecret0001';

export const CALL: PortoneCall = { account: 'portone', apiSecret: API_SECRET, storeId: 'store-4b0c' };

function portoneConfig(url: string): PortoneConfig {
  const waits = { connectTimeoutMs: PATIENT_MS, answerTimeoutMs: PATIENT_MS, openSeconds: 3_600 };
  return { account: undefined, apiBaseUrl: url, webhookCidrs: [], ...waits };
}

/** What a lookup of one that was paid answers (docs/protocol/portone.md, section 2.1), with other members where they are given. */
export function paid(members: Record<string, unknown> = {}): string {
  return JSON.stringify({
    ...{ status: 'PAID', id: 'ord-20261128-000031', transactionId: '0194f2c1-77aa-4b7e-9d21-5a2f8c3b1e10' },
    ...{ merchantId: 'merchant-7d1e', storeId: 'store-4b0c', version: 'V2' },
    method: { type: 'PaymentMethodEasyPay', provider: 'KAKAOPAY' },
    channel: { type: 'LIVE', id: 'channel-id-51', key: 'channel-key-0e', name: '카카오페이', pgProvider: 'KAKAOPAY' },
    ...{
      requestedAt: '2026-11-28T07:26:24.101Z',
      statusChangedAt: '2026-11-28T07:26:52.300Z',
      orderName: '월간 이용권',
    },
    amount: {
      total: 9_900,
      taxFree: 0,
      vat: 900,
      supply: 9_000,
      discount: 0,
      paid: 9_900,
      cancelled: 0,
      cancelledTaxFree: 0,
    },
    ...{ currency: 'KRW', paidAt: '2026-11-28T16:26:52+09:00', pgTxId: 'Ta0c109f57126faa1c72', disputes: [] },
    ...members,
  });
}

/** Clients and servers that a test opens, to be closed after it. */
export class Opened {
  private readonly opened: { close(): unknown }[] = [];

  /** A client against a server that gives everybody the same answer, and what it was asked. */
  async answered(status: string, body: string): Promise<{ client: PortoneClient; requests: string[] }> {
    const requests: string[] = [];
    const server = new RawServer((socket, received) => {
      if (!isWholeRequest(received)) return;
      requests.push(Buffer.from(received, 'latin1').toString('utf8'));
      socket.end(httpAnswer(status, body, 'Connection: close\r\n'));
    });
    this.opened.push(await server.listen());
    const client = new PortoneClient(portoneConfig(server.url));
    this.opened.push({ close: () => client.onApplicationShutdown() });
    return { client, requests };
  }

  async close(): Promise<void> {
    for (const each of this.opened.splice(0).reverse()) await each.close();
  }
}
