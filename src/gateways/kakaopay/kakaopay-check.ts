import { Injectable } from '@nestjs/common';
import { GatewayAccounts, type CredentialSet } from '../../gateway-account';
import { Clock } from '../../platform/clock';
import { maskText } from '../../platform/logging';
import type { AccountCheckOutcome, AccountVerdict, GatewayAnswer } from '../gateway';
import type { ChecksAccounts } from '../ports';
import { outcomeWithout } from '../reading';
import { KakaopayClient } from './api/kakaopay.client';
import { KakaopayAccounts } from './kakaopay-accounts';

type Outcome = Exclude<AccountCheckOutcome, 'no-token'>;

const ACTS: Record<Outcome, string> = {
  works:
    'nothing: the address, the secret key and each cid are right; whether the domain is registered, only a payment tells',
  'wrong-credentials':
    'compare KAKAOPAY_SECRET_KEY with the key of the application in KakaoPay’s developer center, and each cid and its secret with the contract, and restart with the right ones',
  unreachable:
    'see that KAKAOPAY_API_BASE_URL is right and that this machine may connect to it (name, firewall, route)',
  'tls-failed':
    'see that KAKAOPAY_API_BASE_URL is right, that this machine’s time is, and that nothing between takes TLS apart; a certificate authority of your own goes into NODE_EXTRA_CA_CERTS',
  'no-verdict': 'try again in a minute; if it stays so, tell KakaoPay what was seen',
};

/** Finds out whether KakaoPay takes a key and each contract, by asking for what is not there. */
@Injectable()
export class KakaopayCheck implements ChecksAccounts {
  constructor(
    private readonly client: KakaopayClient,
    private readonly contracts: KakaopayAccounts,
    private readonly accounts: GatewayAccounts,
    private readonly clock: Clock,
  ) {}

  async check(account: string, credentials: CredentialSet): Promise<AccountVerdict> {
    let verdict: { outcome: Outcome; detail: string } = { outcome: 'no-verdict', detail: 'there is no contract' };
    for (const kind of await this.contracts.kindsOf(account)) {
      const call = await this.contracts.callWith(account, kind, credentials);
      if (call === undefined) continue;
      const answer = await this.client.check(call);
      const outcome = outcomeOf(answer);
      const detail = outcome === 'works' ? 'KakaoPay took the secret key and each cid' : detailOf(answer);
      verdict = { outcome, detail: outcome === 'works' ? detail : `${call.contract.cid}: ${detail}` };
      if (outcome !== 'works') break;
    }
    const { outcome, detail } = verdict;
    const isStored = !this.accounts.isOfSettings(account);
    const act = outcome === 'wrong-credentials' && isStored ? rotate(account) : ACTS[outcome];
    return { outcome, detail, act, at: this.clock.now() };
  }
}

function rotate(account: string): string {
  return `compare its secret key, each cid and its secret with those in KakaoPay’s developer center, and give it the right ones: gateway-accounts rotate ${account}, or change ${account}`;
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
