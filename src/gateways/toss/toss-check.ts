import { Injectable } from '@nestjs/common';
import { GatewayAccounts, type CredentialSet } from '../../gateway-account';
import { Clock } from '../../platform/clock';
import { maskText } from '../../platform/logging';
import type { AccountCheckOutcome, AccountVerdict, GatewayAnswer } from '../gateway';
import type { ChecksAccounts } from '../ports';
import { outcomeWithout } from '../reading';
import { TossClient } from './api/toss.client';

type Outcome = Exclude<AccountCheckOutcome, 'no-token'>;

const ACTS: Record<Outcome, string> = {
  works: 'nothing: the address and the secret key are right; whether the client key is, only a payment window tells',
  'wrong-credentials':
    'compare TOSS_SECRET_KEY and TOSS_CLIENT_KEY, which belong together, with those in Toss Payments’ developer center, and restart with the right ones',
  unreachable: 'see that TOSS_API_BASE_URL is right and that this machine may connect to it (name, firewall, route)',
  'tls-failed':
    'see that TOSS_API_BASE_URL is right, that this machine’s time is, and that nothing between takes TLS apart; a certificate authority of your own goes into NODE_EXTRA_CA_CERTS',
  'no-verdict': 'try again in a minute; if it stays so, tell Toss Payments what was seen',
};

/** Finds out whether Toss takes a secret key, by asking for what is not there. */
@Injectable()
export class TossCheck implements ChecksAccounts {
  constructor(
    private readonly client: TossClient,
    private readonly accounts: GatewayAccounts,
    private readonly clock: Clock,
  ) {}

  async check(account: string, { secrets }: CredentialSet): Promise<AccountVerdict> {
    const answer = await this.client.check({ account, secretKey: secrets.secretKey ?? '' });
    const outcome = outcomeOf(answer);
    const detail = outcome === 'works' ? 'Toss Payments took the secret key' : detailOf(answer);
    const isStored = !this.accounts.isOfSettings(account);
    const act = outcome === 'wrong-credentials' && isStored ? rotate(account) : ACTS[outcome];
    return { outcome, detail, act, at: this.clock.now() };
  }
}

function rotate(account: string): string {
  return `compare its secret and client key, which belong together, with those in Toss Payments’ developer center, and give it the right ones: gateway-accounts rotate ${account}`;
}

/** That there is no such payment is said only to whom it concerns; any other no is about something else. */
function outcomeOf(answer: GatewayAnswer<unknown>): Outcome {
  if (answer.kind === 'unknown') return outcomeWithout(answer, 'no-verdict');
  if (answer.kind === 'success' || answer.notFound === true) return 'works';
  return answer.unauthorized ? 'wrong-credentials' : 'no-verdict';
}

function detailOf(answer: GatewayAnswer<unknown>): string {
  if (answer.kind === 'success') return '';
  if (answer.kind === 'unknown') return maskText(answer.message);
  const code = answer.resultCode === undefined ? '' : ` ${answer.resultCode}`;
  return maskText(`refused with HTTP ${answer.httpStatus}${code}: ${answer.resultMessage}`);
}
