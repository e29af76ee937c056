import { Injectable } from '@nestjs/common';
import type { AccountCheckOutcome, AccountVerdict } from '../../gateway';
import type { ChecksAccounts } from '../../ports';
import { outcomeWithout } from '../../reading';
import { DomainError } from '../../../kernel/errors';
import { GatewayAccounts, type CredentialSet } from '../../../gateway-account';
import { Clock } from '../../../platform/clock';
import { AccessTokens } from './access-tokens';
import { HOLD_OFF_SECONDS, failureOf } from './oauth-token.store';

type Outcome = Exclude<AccountCheckOutcome, 'no-verdict'>;

const ACTS: Record<Outcome, string> = {
  works: 'nothing: the address, the client id and the secret are right',
  'wrong-credentials':
    'compare TSTORE_CLIENT_ID and TSTORE_CLIENT_SECRET with those in T store’s developer center, for what ENVIRONMENT says, and restart with the right ones',
  unreachable: 'see that TSTORE_AUTH_BASE_URL is right and that this machine may connect to it (name, firewall, route)',
  'tls-failed':
    'see that TSTORE_AUTH_BASE_URL is right, that this machine’s time is, and that nothing between takes TLS apart; a certificate authority of your own goes into NODE_EXTRA_CA_CERTS',
  'no-token': 'try again in a minute; if it stays so, tell T store what was seen',
};

/** Finds out whether T store gives a token to who this process says it is, before a submission does. */
@Injectable()
export class TstoreCheck implements ChecksAccounts {
  constructor(
    private readonly tokens: AccessTokens,
    private readonly accounts: GatewayAccounts,
    private readonly clock: Clock,
  ) {}

  /** @throws {DomainError} as {@link GatewayAccounts.credentials}; `rate-limited` naming `retryAfterSeconds` */
  async check(account: string, credentials: CredentialSet, { afresh }: { afresh: boolean }): Promise<AccountVerdict> {
    const tokens = this.tokens.of(account);
    if (!afresh && (await tokens.hasTokenOf(credentials))) return this.works();
    const answer = await tokens.askWith(credentials);
    if (answer === undefined) {
      const message = `T store is being asked, or was just now without success; try again in ${HOLD_OFF_SECONDS} s.`;
      throw new DomainError('rate-limited', message, { retryAfterSeconds: HOLD_OFF_SECONDS });
    }
    if (answer.kind === 'success') return this.works();
    const outcome = answer.kind === 'refused' ? 'wrong-credentials' : outcomeWithout(answer, 'no-token');
    const isStored = !this.accounts.isOfSettings(account);
    const act = outcome === 'wrong-credentials' && isStored ? rotate(account) : ACTS[outcome];
    return { outcome, detail: failureOf(answer), act, at: this.clock.now() };
  }

  private works(): AccountVerdict {
    return { outcome: 'works', detail: 'T store gave an access token', act: ACTS.works, at: this.clock.now() };
  }
}

/** Those of the settings are mended there. */
function rotate(account: string): string {
  return `compare its client id and secret with those in T store’s developer center, for what ENVIRONMENT says, and give it the right ones: gateway-accounts rotate ${account}`;
}
