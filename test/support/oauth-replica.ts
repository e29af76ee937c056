import type { CredentialSet } from '../../src/gateway-account';
import { readConfiguration } from '../../src/config';
import { TstoreClient } from '../../src/gateways/tstore';
import { DomainError, messageOf } from '../../src/kernel/errors';
import { OAuthToken, type AccessToken } from '../../src/gateways/tstore';
import { OAuthTokenStore } from '../../src/gateways/tstore/access-token/oauth-token.store';
import { OAuthTokenRepository } from '../../src/gateways/tstore/access-token/oauth-token.repository';
import { Clock } from '../../src/platform/clock';
import { KeyRing } from '../../src/platform/crypto';
import { Database, openDataSource } from '../../src/platform/database';
import { openRootLogger, type LogDestination } from '../../src/platform/logging';

/** What a caller got: a token, or the error's code and message. */
export type TokenOutcome = AccessToken | { code: string; message: string };

/** A token store as one replica has it, with its own pool, HTTP client and clock. */
export interface OAuthReplica {
  store: OAuthTokenStore;
  client: TstoreClient;
  advanceSeconds(seconds: number): void;
  close(): Promise<void>;
}

class ShiftedClock extends Clock {
  shiftMs = 0;

  now(): Date {
    return new Date(Date.now() + this.shiftMs);
  }
}

export async function openReplica(
  environment: NodeJS.ProcessEnv,
  log: LogDestination,
  account = 'tstore',
): Promise<OAuthReplica> {
  const { database, encryption, tstore, logging } = readConfiguration(environment);
  const { clientId = '', clientSecret = '' } = tstore.account ?? {};
  const credentials: [CredentialSet] = [{ key: clientId, print: 'print', secrets: { clientId, clientSecret } }];
  const accounts = { credentials: () => Promise.resolve(credentials) };
  const clock = new ShiftedClock();
  const client = new TstoreClient(tstore, clock);
  const settings = { url: database.url ?? '', poolSize: 5, entities: [OAuthToken] };
  const dataSource = await openDataSource(settings);
  const repository = new OAuthTokenRepository(new Database(dataSource));
  const { logger } = openRootLogger(logging, { destination: log });
  return {
    client,
    store: new OAuthTokenStore(account, {
      ...{ repository, client, accounts, clock, logger },
      keys: new KeyRing(encryption),
      config: tstore,
    }),
    advanceSeconds: (seconds) => void (clock.shiftMs += seconds * 1000),
    async close() {
      client.onApplicationShutdown();
      await dataSource.destroy();
    },
  };
}

export async function outcomeOf(token: Promise<AccessToken>): Promise<TokenOutcome> {
  try {
    return await token;
  } catch (error) {
    return { code: error instanceof DomainError ? error.code : 'no domain error', message: messageOf(error) };
  }
}
