import { DomainError } from '../kernel/errors';
import type { TstoreAccount, TstoreConfig } from './configuration';

/** All of them make T store's account, or none. */
export const TSTORE_ACCOUNT_SETTINGS = [
  'TSTORE_CLIENT_ID',
  'TSTORE_CLIENT_SECRET',
  'TSTORE_BID',
  'TSTORE_MID',
] as const;

/** @throws {DomainError} `gateway-not-configured` where there is no T store here, naming the settings that make one */
export function tstoreAccountOf({ account }: Pick<TstoreConfig, 'account'>): TstoreAccount {
  if (account !== undefined) return account;
  const settings = TSTORE_ACCOUNT_SETTINGS.join(', ');
  throw new DomainError('gateway-not-configured', `T store is not set up here: it needs ${settings}`);
}
