import { Injectable } from '@nestjs/common';
import { GatewayAccounts, type CredentialSet } from '../../gateway-account';
import { Clock } from '../../platform/clock';
import { maskText } from '../../platform/logging';
import type { AccountCheckOutcome, AccountVerdict, GatewayAnswer } from '../gateway';
import type { ChecksAccounts } from '../ports';
import { outcomeWithout } from '../reading';
import { PortoneClient } from './api/portone.client';
import type { PortoneCall } from './api/requests';
import { PortoneAccounts } from './portone-accounts';

type Outcome = Exclude<AccountCheckOutcome, 'no-token'>;

const ACTS: Record<Outcome, string> = {
  works:
    'nothing: the address, the API secret and the store are right; whether the channels and the webhook secrets are, only a payment and a message tell',
  'wrong-credentials':
    'compare PORTONE_API_SECRET and PORTONE_STORE_ID with those in PortOne’s console (V2), and restart with the right ones',
  unreachable: 'see that PORTONE_API_BASE_URL is right and that this machine may connect to it (name, firewall, route)',
  'tls-failed':
    'see that PORTONE_API_BASE_URL is right, that this machine’s time is, and that nothing between takes TLS apart; a certificate authority of your own goes into NODE_EXTRA_CA_CERTS',
  'no-verdict': 'try again in a minute; if it stays so, tell PortOne what was seen',
};

/** Finds out whether PortOne takes an API secret for the store, by asking for what is not there. */
@Injectable()
export class PortoneCheck implements ChecksAccounts {
  constructor(
    private readonly client: PortoneClient,
    private readonly stores: PortoneAccounts,
    private readonly accounts: GatewayAccounts,
    private readonly clock: Clock,
  ) {}

  async check(account: string, credentials: CredentialSet): Promise<AccountVerdict> {
    const call = await this.stores.callWith(account, credentials);
    const answer = await this.client.check(call);
    const outcome = outcomeOf(answer);
    const told = 'PortOne took the API secret for the store';
    const detail = outcome === 'works' ? told + (await this.schedulesOf(call)) : detailOf(answer);
    const isStored = !this.accounts.isOfSettings(account);
    const act = outcome === 'wrong-credentials' && isStored ? rotate(account) : ACTS[outcome];
    return { outcome, detail, act, at: this.clock.now() };
  }

  /** Charges that PortOne makes by itself, beside ours: somebody has made them elsewhere. */
  private async schedulesOf(call: PortoneCall): Promise<string> {
    const answer = await this.client.schedules(this.clock.now(), call);
    if (answer.kind !== 'success') return '; whether it has schedules of its own it did not say';
    if (answer.value === 0) return '';
    return `; it has ${answer.value} schedules of its own, which charge beside this service: revoke them in PortOne’s console`;
  }
}

function rotate(account: string): string {
  return `compare its API secret and store id with those in PortOne’s console (V2), and give it the right ones: gateway-accounts rotate ${account}, or change ${account}`;
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
