import { Injectable } from '@nestjs/common';
import { ApprovalExpiry } from '../approval';
import {
  DoubtWatch,
  LineChecks,
  NotificationVerification,
  ReconciliationService,
  RequestFileWritingService,
  ResultDownloadService,
  ResultLoadingService,
  SettlementService,
  SubmissionService,
} from '../bulk-payment';
import { RefundResolutionService, RefundSendingService } from '../refund';
import { NotificationRetention, VERIFY_STEP } from '../inbox';
import { KillSwitchWatch } from '../kill-switch';
import type { BillingStep } from './billing-step';
import { PlanBillingRunStep } from './plan-billing-run.step';

/** Every step of the flow from what is due to what is settled, in the order a job passes them; then those of refunds. */
@Injectable()
export class BillingSteps {
  readonly all: readonly BillingStep[];

  // As many parameters as steps: this is the one list of them.
  constructor(
    planning: PlanBillingRunStep,
    killSwitch: KillSwitchWatch,
    writing: RequestFileWritingService,
    submission: SubmissionService,
    verification: NotificationVerification,
    download: ResultDownloadService,
    loading: ResultLoadingService,
    reconciliation: ReconciliationService,
    settlement: SettlementService,
    refundSending: RefundSendingService,
    refundResolution: RefundResolutionService,
    doubt: DoubtWatch,
    line: LineChecks,
    approvalExpiry: ApprovalExpiry,
    retention: NotificationRetention,
  ) {
    // What waits for a gateway works on several side by side, as many as its accounts have places, so that one slow answer
    // delays nobody else. What has only the database to wait for would not get faster by it: one big job uses all that it has.
    const width = Infinity;
    this.all = [
      planning,
      { name: 'watch-kill-switch', makesDue: [], runOnce: () => killSwitch.runOnce() },
      { name: 'write-request-file', makesDue: ['submit'], runOnce: () => writing.runOnce() },
      { name: 'submit', makesDue: [], width, runOnce: (claimed) => submission.runOnce(claimed) },
      {
        name: VERIFY_STEP,
        makesDue: ['download-result'],
        width,
        runOnce: (claimed) => verification.runOnce(claimed),
      },
      {
        name: 'download-result',
        makesDue: ['load-result'],
        width,
        runOnce: (claimed) => download.runOnce(claimed),
      },
      { name: 'load-result', makesDue: ['reconcile'], runOnce: () => loading.runOnce() },
      { name: 'reconcile', makesDue: ['settle'], runOnce: () => reconciliation.runOnce() },
      { name: 'settle', makesDue: ['check-line'], runOnce: () => settlement.runOnce() },
      {
        name: 'send-refund',
        makesDue: ['resolve-refund'],
        width,
        runOnce: (claimed) => refundSending.runOnce(claimed),
      },
      {
        name: 'resolve-refund',
        makesDue: ['send-refund'],
        width,
        runOnce: (claimed) => refundResolution.runOnce(claimed),
      },
      { name: 'watch-doubt', makesDue: [], runOnce: () => doubt.runOnce() },
      { name: 'check-line', makesDue: [], runOnce: () => line.runOnce() },
      { name: 'expire-approval', makesDue: [], runOnce: () => approvalExpiry.runOnce() },
      { name: 'prune-notifications', makesDue: [], runOnce: () => retention.runOnce() },
    ];
  }
}
