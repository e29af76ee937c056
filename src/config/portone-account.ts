import { DomainError } from '../kernel/errors';
import type { PortoneAccount, PortoneConfig } from './configuration';

/** All of them make PortOne's account, or none; what it may have beside them stands alone nowhere. */
export const PORTONE_ACCOUNT_SETTINGS = ['PORTONE_API_SECRET', 'PORTONE_STORE_ID', 'PORTONE_CHANNEL_KEYS'] as const;

/** @throws {DomainError} `gateway-not-configured` where there is no PortOne here, naming the settings that make it */
export function portoneAccountOf({ account }: Pick<PortoneConfig, 'account'>): PortoneAccount {
  if (account !== undefined) return account;
  const settings = PORTONE_ACCOUNT_SETTINGS.join(', ');
  throw new DomainError('gateway-not-configured', `PortOne is not set up here: it needs ${settings}`);
}
