import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { TossConfig } from '../../../src/config';
import type { CredentialSet, GatewayAccounts } from '../../../src/gateway-account';
import { TossAccounts } from '../../../src/gateways/toss/toss-accounts';
import { TossClient } from '../../../src/gateways/toss/api/toss.client';
import { answering, type RawServer } from '../tstore-client/raw-server';

/** No test waits for these time-outs unless it sets its own. */
const PATIENT_MS = 600_000;

/** The vendor's own example, and what it becomes in the header. */
export const SECRET_KEY = 'test_gsk_docs_OaPz8L5KdmQXkzRz3y47BMw6';
export const BASIC = 'Basic dGVzdF9nc2tfZG9jc19PYVB6OEw1S2RtUVhrelJ6M3k0N0JNdzY6';

export function tossConfig(apiBaseUrl: string, changes: Partial<TossConfig> = {}): TossConfig {
  const waits = { connectTimeoutMs: PATIENT_MS, answerTimeoutMs: PATIENT_MS };
  return { account: undefined, apiBaseUrl, webhookCidrs: [], findsAgreed: true, ...waits, ...changes };
}

/** Accounts with these secret keys, the newest first. */
export function accountsWith(config: TossConfig, ...secretKeys: string[]): TossAccounts {
  const sets = secretKeys.map((secretKey) => ({
    key: `set-of-${secretKey}`,
    secrets: { secretKey, clientKey: 'test_ck_a' },
  }));
  const credentials = (): Promise<[CredentialSet, ...CredentialSet[]]> =>
    Promise.resolve(sets as unknown as [CredentialSet, ...CredentialSet[]]);
  return new TossAccounts({ credentials } as unknown as GatewayAccounts, config);
}

/** A body that somebody recorded, byte for byte. */
export function sample(name: string): string {
  return readFileSync(join(__dirname, 'samples', `${name}.json`), 'utf8');
}

/** Clients and servers that a test opens, to be closed after it. */
export class Opened {
  private readonly opened: { close(): unknown }[] = [];

  async server(server: RawServer): Promise<RawServer> {
    this.opened.push(await server.listen());
    return server;
  }

  /** A client against a server that gives everybody the same answer. */
  async answered(status: string, body: string, headers = ''): Promise<{ client: TossClient; server: RawServer }> {
    const server = await this.server(answering(status, body, headers));
    return { server, client: this.client(tossConfig(server.url)) };
  }

  client(config: TossConfig): TossClient {
    const client = new TossClient(config);
    this.opened.push({ close: () => client.onApplicationShutdown() });
    return client;
  }

  async close(): Promise<void> {
    for (const each of this.opened.splice(0).reverse()) await each.close();
  }
}
