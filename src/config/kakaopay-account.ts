import { DomainError } from '../kernel/errors';
import type { KakaopayAccount, KakaopayConfig } from './configuration';
import type { Deployment } from './environment';

/** Both make KakaoPay's account, or none; what a contract may have beside them stands alone nowhere. */
export const KAKAOPAY_ACCOUNT_SETTINGS = ['KAKAOPAY_SECRET_KEY', 'KAKAOPAY_CID'] as const;

/** How the contracts of the vendor's test mode begin. */
const OF_TEST_MODE = 'TC';

/**
 * What is wrong with a contract where it would be used; `undefined`: nothing. The test mode's pay nothing and always succeed, so in
 * live an order would count as paid that is not.
 */
export function kakaopayCidFault(cid: string | undefined, environment: Deployment): string | undefined {
  if (environment !== 'live' || !cid?.startsWith(OF_TEST_MODE)) return undefined;
  return 'a cid of your own: what begins with TC is of the test mode, in live';
}

/** @throws {DomainError} `gateway-not-configured` where there is no KakaoPay here, naming the settings that make it */
export function kakaopayAccountOf({ account }: Pick<KakaopayConfig, 'account'>): KakaopayAccount {
  if (account !== undefined) return account;
  const settings = KAKAOPAY_ACCOUNT_SETTINGS.join(', ');
  throw new DomainError('gateway-not-configured', `KakaoPay is not set up here: it needs ${settings}`);
}
