import type { SqlSession } from '../platform/database';

/**
 * Why a charge that was not sent is not wanted any more.
 *
 * - canceled, paused, ended: its subscription is, or was over before the charge's period began.
 * - ending: its subscription is to be canceled at its period's end, and no further period is charged.
 * - period-over: its period is not the one to be billed next: it is paid otherwise, or was left out when a pause ended.
 * - product-inactive: its product is neither sold nor billed.
 * - method-ended: the payment method that it was planned by can't be charged any more, or another pays.
 * - run-rejected: a person has rejected the billing run that planned it.
 */
export const WITHDRAWAL_REASONS = [
  'canceled',
  'ending',
  'ended',
  'paused',
  'period-over',
  'product-inactive',
  'method-ended',
  'run-rejected',
] as const;
export type WithdrawalReason = (typeof WITHDRAWAL_REASONS)[number];

/** Charges that are not wanted, as a query that many can use: a SELECT of id, order_no, subscription_id, amount and reason. */
export interface UnwantedQuery {
  sql: string;
  parameters: readonly unknown[];
}

/**
 * Whether who asked for charges still wants them. `charge` declares it and features above implement it, so that the
 * arrows keep pointing down.
 */
export abstract class UnwantedCharges {
  /**
   * Waits for all who are changing what charges are wanted for, and has others wait until the transaction ends: whoever
   * cancels has done so before, and is seen by the next statement, or does so afterwards.
   */
  abstract holdChanges(session: SqlSession): Promise<void>;

  /** Of these jobs, none of which was sent. */
  abstract ofJobs(session: SqlSession, jobIds: readonly string[]): Promise<UnwantedQuery>;

  /**
   * Of charges that are in no job and were not sent. What they are wanted for stays as it is until the transaction ends.
   */
  abstract ofCharges(session: SqlSession, chargeIds: readonly string[]): Promise<UnwantedQuery>;

  /** Tells of the charges in the temporary table `leaving`, which has the columns of an {@link UnwantedQuery}. */
  abstract noteWithdrawn(session: SqlSession, why: { actor: string; at: Date }): Promise<void>;
}

/** Whether a charge was taken out before it was sent: its period is as if it had never been charged. */
export const withdrawnSql = (charge: string): string =>
  `EXISTS (SELECT FROM charge_withdrawal WHERE charge_withdrawal.charge_id = ${charge}.id)`;
