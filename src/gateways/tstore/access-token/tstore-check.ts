import { Injectable } from '@nestjs/common';
import type { AccountVerdict, GatewayAnswer, UnknownReason } from '../../gateway';
import type { ChecksAccounts } from '../../ports';
import { DomainError } from '../../../kernel/errors';
import { GatewayAccounts } from '../../../gateway-account';
import { Clock } from '../../../platform/clock';
import { Pacer } from '../../../platform/pace';
import { AccessTokens } from './access-tokens';
import { HOLD_OFF_SECONDS, failureOf } from './oauth-token.store';

type Outcome = AccountVerdict['outcome'];

/** T store must not take us for somebody who tries secrets. */
const PER_MINUTE = 6;
const BURST = 3;

const ACTS: Record<Outcome, string> = {
  works: 'nothing: the address, the client id and the secret are right',
  'wrong-credentials':
    'compare TSTORE_CLIENT_ID and TSTORE_CLIENT_SECRET with those in T store’s developer center, for what ENVIRONMENT says, and restart with the right ones',
  unreachable: 'see that TSTORE_AUTH_BASE_URL is right and that this machine may connect to it (name, firewall, route)',
  'tls-failed':
    'see that TSTORE_AUTH_BASE_URL is right, that this machine’s time is, and that nothing between takes TLS apart; a certificate authority of your own goes into NODE_EXTRA_CA_CERTS',
  'no-token': 'try again in a minute; if it stays so, tell T store what was seen',
};

const OUTCOMES: Partial<Record<UnknownReason, Outcome>> = {
  'connect-timeout': 'unreachable',
  'connection-failed': 'unreachable',
  'tls-failed': 'tls-failed',
};

/** Finds out whether T store gives a token to who this process says it is, before a submission does. */
@Injectable()
export class TstoreCheck implements ChecksAccounts {
  constructor(
    private readonly tokens: AccessTokens,
    private readonly accounts: GatewayAccounts,
    private readonly pacer: Pacer,
    private readonly clock: Clock,
  ) {}

  /** @throws {DomainError} as {@link GatewayAccounts.credentials}; `rate-limited` naming `retryAfterSeconds` */
  async check(account: string): Promise<AccountVerdict> {
    await this.accounts.require(account, 'set-up');
    const freeAt = await this.pacer.take({ name: `tstore-check:${account}`, perMinute: PER_MINUTE, burst: BURST });
    if (freeAt !== undefined) {
      throw later('T store is checked too often', (freeAt.getTime() - this.clock.now().getTime()) / 1000);
    }
    const answer = await this.tokens.of(account).askNow();
    if (answer === undefined) throw later('T store is being asked, or was just now without success', HOLD_OFF_SECONDS);
    const outcome = outcomeOf(answer);
    const detail = answer.kind === 'success' ? 'T store gave an access token' : failureOf(answer);
    const isStored = !this.accounts.isOfSettings(account);
    const act = outcome === 'wrong-credentials' && isStored ? rotate(account) : ACTS[outcome];
    return { outcome, detail, act, at: this.clock.now() };
  }
}

/** Those of the settings are mended there. */
function rotate(account: string): string {
  return `compare its client id and secret with those in T store’s developer center, for what ENVIRONMENT says, and give it the right ones: gateway-accounts rotate ${account}`;
}

function outcomeOf(answer: GatewayAnswer<unknown>): Outcome {
  if (answer.kind === 'success') return 'works';
  if (answer.kind === 'refused') return 'wrong-credentials';
  return OUTCOMES[answer.reason] ?? 'no-token';
}

function later(why: string, seconds: number): DomainError {
  const retryAfterSeconds = Math.max(1, Math.ceil(seconds));
  return new DomainError('rate-limited', `${why}; try again in ${retryAfterSeconds} s.`, { retryAfterSeconds });
}
