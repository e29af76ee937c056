import { Injectable } from '@nestjs/common';
import { BulkPaymentJobRepository, type JobChanges } from '../bulk-payment';
import { GatewayAccounts } from '../gateway-account';
import { Gateways } from '../gateways';
import { DomainError } from '../kernel/errors';
import type { SqlSession } from '../platform/database';
import { BillingRunRepository, type JobShare } from './billing-run.repository';

/** What the jobs of one planning have in common. */
export interface JobOrigin {
  billingRunId: string;
  holdReason?: string | undefined;
  rebillOfJobId?: string;
  rebillOfChargeId?: string;
  cause: string;
  actor: string;
  reason?: string;
}

/** Makes the jobs and charges of what stands in the table `due`. */
@Injectable()
export class BillingRunJobs {
  constructor(
    private readonly runs: BillingRunRepository,
    private readonly jobs: BulkPaymentJobRepository,
    private readonly accounts: GatewayAccounts,
    private readonly gateways: Gateways,
  ) {}

  /**
   * The accounts that what is due can be collected by here. Disabled ones are among them: their jobs are made, and wait.
   *
   * @throws {DomainError} `gateway-not-configured` when there is none: nothing is planned that nobody can collect
   */
  async collectable(): Promise<string[]> {
    if (!(await this.canCollect())) await this.accounts.require('tstore', 'set-up');
    return (await this.accounts.serving('set-up')).map(({ id }) => id);
  }

  /** Whether there is an account by which anything can be collected: by files, which are T store's, or by payment methods. */
  async canCollect(): Promise<boolean> {
    const accounts = await this.accounts.serving('set-up');
    return accounts.some(({ gateway }) => gateway === 'tstore' || this.gateways.canCharge(gateway));
  }

  /** @returns the ids of the jobs, one for each share */
  async create(
    session: SqlSession,
    shares: readonly JobShare[],
    jobMaxRows: number,
    origin: JobOrigin,
    at: Date,
  ): Promise<string[]> {
    const { billingRunId, holdReason = null, rebillOfJobId = null, rebillOfChargeId = null, ...why } = origin;
    const created = [];
    for (const { part, ...share } of shares) {
      const merchantId = await this.merchantOf(session, share.gatewayAccount);
      const fields: JobChanges = {
        ...share,
        origin: 'billing-run',
        billingRunId,
        holdReason,
        rebillOfJobId,
        rebillOfChargeId,
        merchantId,
      };
      created.push({
        jobId: await this.jobs.create(session, fields, why),
        gatewayAccount: share.gatewayAccount,
        billingGroup: share.billingGroup,
        part,
      });
    }
    await this.runs.createCharges(session, created, jobMaxRows, at);
    return created.map((job) => job.jobId);
  }

  private async merchantOf(session: SqlSession, account: string): Promise<string> {
    const { mid } = (await this.accounts.require(account, 'set-up', session)).identifiers;
    if (mid === undefined) throw new DomainError('internal-error', `the gateway account ${account} has no mid`);
    return mid;
  }
}
