import { DomainError } from '../kernel/errors';
import type { TossAccount, TossConfig } from './configuration';
import type { Deployment } from './environment';

/** Both make Toss's account, or none. */
export const TOSS_ACCOUNT_SETTINGS = ['TOSS_SECRET_KEY', 'TOSS_CLIENT_KEY'] as const;

/** Kinds whose pairs are known: API keys and those of the payment widget. */
const CLIENT_OF: Readonly<Record<string, string>> = { sk: 'ck', gsk: 'gck' };

/** One of the two keys of an account, and what is wrong with it. */
interface KeyFault {
  key: 'secretKey' | 'clientKey';
  expected: string;
}

/**
 * What is wrong with the keys of an account that are well-formed each; only what is given is looked at.
 *
 * Test keys move no money, so in live an order would count as paid that is not; live keys elsewhere would take real money for a try.
 */
export function tossKeyFaults({ secretKey, clientKey }: Partial<TossAccount>, environment: Deployment): KeyFault[] {
  const mode = environment === 'live' ? 'live' : 'test';
  const expected = `a key that begins with ${mode}_ with ENVIRONMENT=${environment}`;
  const ofOtherMode = Object.entries({ secretKey, clientKey }).flatMap(([key, text]) =>
    text === undefined || text.startsWith(`${mode}_`) ? [] : [{ key: key as KeyFault['key'], expected }],
  );
  if (ofOtherMode.length > 0) return ofOtherMode;
  const [secretKind, clientKind] = [kindOf(secretKey), kindOf(clientKey)];
  // The page shows the client key to everybody.
  if (Object.values(CLIENT_OF).includes(secretKind)) {
    return [{ key: 'secretKey', expected: 'the secret key; this is the client key' }];
  }
  if (clientKind in CLIENT_OF) return [{ key: 'clientKey', expected: 'the client key; this is a secret key' }];
  const wanted = CLIENT_OF[secretKind];
  const isKnownPair = wanted !== undefined && Object.values(CLIENT_OF).includes(clientKind);
  if (!isKnownPair || clientKind === wanted) return [];
  return [{ key: 'clientKey', expected: `the client key of the same set, ${mode}_${wanted}_…` }];
}

function kindOf(key: string | undefined): string {
  return key?.split('_')[1] ?? '';
}

/** @throws {DomainError} `gateway-not-configured` where there is no Toss here, naming the settings that make it */
export function tossAccountOf({ account }: Pick<TossConfig, 'account'>): TossAccount {
  if (account !== undefined) return account;
  const settings = TOSS_ACCOUNT_SETTINGS.join(', ');
  throw new DomainError('gateway-not-configured', `Toss Payments is not set up here: it needs ${settings}`);
}
