import { Injectable } from '@nestjs/common';
import { BillingConfig } from '../config';
import {
  CredentialChecks,
  GatewayAccounts,
  type CredentialSet,
  type DueCheck,
  type GatewayName,
} from '../gateway-account';
import { DomainError } from '../kernel/errors';
import { NOTHING_DUE, ONE_DONE, ONE_POSTPONED, type OnClaimed, type StepReport } from '../kernel/step-report';
import { Clock } from '../platform/clock';
import { crashPoint } from '../platform/crash-points';
import { Logger } from '../platform/logging';
import { Pacer } from '../platform/pace';
import type { AccountCheckOutcome, AccountVerdict } from './gateway';
import { Gateways } from './gateways';

/** No gateway must take us for somebody who tries secrets. */
const PER_MINUTE = 6;
const BURST = 3;

/** All else says nothing of the credentials, and changes nothing. */
const VERDICTS = { works: 'accepted', 'wrong-credentials': 'refused' } as const;

/**
 * Tries the newest credentials of each account before anything depends on them, once: at the first start, after they were rotated or
 * changed in the settings, and when the account is enabled. What is refused is tried again now and then. No money is moved, and while
 * older credentials are good beside the newest, work goes on with them whatever is found.
 */
@Injectable()
export class AccountChecks {
  constructor(
    private readonly gateways: Gateways,
    private readonly accounts: GatewayAccounts,
    private readonly checks: CredentialChecks,
    private readonly pacer: Pacer,
    private readonly billing: BillingConfig,
    private readonly clock: Clock,
    private readonly logger: Logger,
  ) {}

  /**
   * Tries them now, for a person.
   *
   * @throws {DomainError} as {@link GatewayAccounts.credentials}, `gateway-account-not-found` too for an account of another gateway;
   *   `gateway-cannot`; `rate-limited` naming `retryAfterSeconds`
   */
  async check(gateway: GatewayName, id: string): Promise<AccountVerdict> {
    const account = await this.accounts.require(id, 'set-up');
    if (account.gateway !== gateway) {
      throw new DomainError('gateway-account-not-found', `There is no gateway account ${id} of ${gateway}`);
    }
    const [newest] = await this.accounts.credentials(id);
    return this.ask(gateway, id, newest, { afresh: true });
  }

  /** Tries those of one account that are due. */
  async runOnce(claimed?: OnClaimed): Promise<StepReport> {
    const serving = await this.accounts.serving('enabled');
    const able = serving.filter(({ gateway }) => this.gateways.canCheck(gateway));
    const due = await this.checks.claim(able, this.billing.leaseSeconds);
    const account = able.find(({ id }) => id === due?.gatewayAccount);
    if (due === undefined || account === undefined) return NOTHING_DUE;
    claimed?.();
    await crashPoint('check-account.claimed');
    return (await this.tried(account.gateway, due)) ? ONE_DONE : ONE_POSTPONED;
  }

  /** @returns whether the gateway has said something of them */
  private async tried(gateway: GatewayName, due: DueCheck): Promise<boolean> {
    const { gatewayAccount: account } = due;
    try {
      const [newest] = await this.accounts.credentials(account);
      const { outcome, detail } = await this.ask(gateway, account, newest, { afresh: false });
      await crashPoint('check-account.recorded');
      if (verdictOf(outcome) !== undefined) return true;
      this.logger.info('the gateway did not say whether it knows an account; it is asked again', { account, detail });
    } catch (error) {
      const isTooSoon = error instanceof DomainError && error.code === 'rate-limited';
      this.logger[isTooSoon ? 'info' : 'warn']('credentials of an account not tried', { account, error });
    }
    await this.checks.postpone(due);
    return false;
  }

  private async ask(
    gateway: GatewayName,
    account: string,
    credentials: CredentialSet,
    options: { afresh: boolean },
  ): Promise<AccountVerdict> {
    const port = this.gateways.checking(gateway);
    await this.takeTurn(gateway, account);
    const seen = await port.check(account, credentials, options);
    await crashPoint('check-account.answered');
    const verdict = verdictOf(seen.outcome);
    if (verdict === undefined) return seen;
    const which = { gatewayAccount: account, credentials: credentials.print };
    const before = await this.checks.record(which, { ...seen, verdict });
    const { detail, act } = seen;
    if (verdict === 'refused' && before !== 'refused') {
      this.logger.warn('gateway refuses the credentials of an account', { account, detail, act });
    }
    if (verdict === 'accepted' && before === 'refused')
      this.logger.info('gateway accepts an account again', { account });
    return seen;
  }

  private async takeTurn(gateway: GatewayName, account: string): Promise<void> {
    const freeAt = await this.pacer.take({ name: `${gateway}-check:${account}`, perMinute: PER_MINUTE, burst: BURST });
    if (freeAt === undefined) return;
    const retryAfterSeconds = Math.max(1, Math.ceil((freeAt.getTime() - this.clock.now().getTime()) / 1000));
    const message = `The account ${account} is checked too often; try again in ${retryAfterSeconds} s.`;
    throw new DomainError('rate-limited', message, { retryAfterSeconds });
  }
}

function verdictOf(outcome: AccountCheckOutcome): 'accepted' | 'refused' | undefined {
  return outcome in VERDICTS ? VERDICTS[outcome as keyof typeof VERDICTS] : undefined;
}
