import { Injectable } from '@nestjs/common';
import { BulkPaymentJobRepository, type JobChanges } from '../bulk-payment';
import { GatewayAccounts } from '../gateway-account';
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
  ) {}

  /**
   * The accounts that what is due can be collected by here. Disabled ones are among them: their jobs are made, and wait.
   *
   * @throws {DomainError} `gateway-not-configured` when there is none: nothing is planned that nobody can collect
   */
  async collectable(): Promise<string[]> {
    const accounts = await this.accounts.serving('set-up');
    if (accounts.length === 0) await this.accounts.require('tstore', 'set-up');
    return accounts.map(({ id }) => id);
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
