import { Injectable } from '@nestjs/common';
import {
  KillSwitchWatch,
  ReconciliationService,
  RequestFileWritingService,
  ResultDownloadService,
  ResultLoadingService,
  SettlementService,
  SubmissionService,
} from '../bulk-payment';
import type { BillingStep } from './billing-step';
import { VerifyNotificationStep } from './verify-notification.step';

/** Every step of the flow from a stored job to a settled one, in the order a job passes them. */
@Injectable()
export class BillingSteps {
  readonly all: readonly BillingStep[];

  // Eight steps, eight parameters: this is the one list of them.
  constructor(
    killSwitch: KillSwitchWatch,
    writing: RequestFileWritingService,
    submission: SubmissionService,
    verification: VerifyNotificationStep,
    download: ResultDownloadService,
    loading: ResultLoadingService,
    reconciliation: ReconciliationService,
    settlement: SettlementService,
  ) {
    this.all = [
      { name: 'watch-kill-switch', runOnce: () => killSwitch.runOnce() },
      { name: 'write-request-file', runOnce: () => writing.runOnce() },
      { name: 'submit', runOnce: () => submission.runOnce() },
      verification,
      { name: 'download-result', runOnce: () => download.runOnce() },
      { name: 'load-result', runOnce: () => loading.runOnce() },
      { name: 'reconcile', runOnce: () => reconciliation.runOnce() },
      { name: 'settle', runOnce: () => settlement.runOnce() },
    ];
  }
}
