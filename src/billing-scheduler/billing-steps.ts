import { Injectable } from '@nestjs/common';
import { ApprovalExpiry } from '../approval';
import {
  DoubtWatch,
  LineChecks,
  NotificationVerification,
  PaymentWatch,
  ReconciliationService,
  RequestFileWritingService,
  ResultDownloadService,
  ResultLoadingService,
  SettlementService,
  SubmissionService,
} from '../bulk-payment';
import { DepositWatch, DirectPaymentResolution, DirectPaymentSending } from '../direct-payment';
import { AccountChecks, ExchangeRetention } from '../gateways';
import { OrderExpiry, OrderGiveBacks } from '../order';
import { TieOutCalendar, TieOuts } from '../tie-out';
import { RefundResolutionService, RefundSendingService } from '../refund';
import { MethodErasure, MethodIssuing, RegistrationExpiry } from '../payment-method';
import { MessageLooks } from '../gateway-message';
import { LOOK_STEP, NotificationRetention, VERIFY_STEP } from '../inbox';
import { KillSwitchWatch } from '../kill-switch';
import type { BillingStep } from './billing-step';
import { PlanBillingRunStep } from './plan-billing-run.step';

/** Each look asks PostgreSQL a dozen long questions, which beside payments that settle without end would keep a core busy. */
const CHECK_LINE_REST_MS = 500;

/** Every step of the flow from what is due to what is settled, in the order a job passes them; then those of refunds. */
@Injectable()
export class BillingSteps {
  readonly all: readonly BillingStep[];

  // As many parameters as steps: this is the one list of them.
  constructor(
    planning: PlanBillingRunStep,
    killSwitch: KillSwitchWatch,
    accountChecks: AccountChecks,
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
    payments: PaymentWatch,
    approvalExpiry: ApprovalExpiry,
    retention: NotificationRetention,
    paymentSending: DirectPaymentSending,
    paymentResolution: DirectPaymentResolution,
    orderExpiry: OrderExpiry,
    giveBacks: OrderGiveBacks,
    exchangeRetention: ExchangeRetention,
    methodIssuing: MethodIssuing,
    methodErasure: MethodErasure,
    registrationExpiry: RegistrationExpiry,
    tieOutCalendar: TieOutCalendar,
    tieOuts: TieOuts,
    messages: MessageLooks,
    depositWatch: DepositWatch,
  ) {
    // What waits for a gateway works on several side by side, as many as its accounts have places, so that one slow answer
    // delays nobody else. What has only the database to wait for would not get faster by it: one big job uses all that it has.
    const width = Infinity;
    this.all = [
      planning,
      { name: 'watch-kill-switch', makesDue: [], runOnce: () => killSwitch.runOnce() },
      { name: 'check-account', makesDue: [], width, runOnce: (claimed) => accountChecks.runOnce(claimed) },
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
      {
        name: 'send-payment',
        makesDue: ['resolve-payment', 'check-line'],
        width,
        runOnce: (claimed) => paymentSending.runOnce(claimed),
      },
      {
        name: 'resolve-payment',
        makesDue: ['check-line'],
        width,
        runOnce: (claimed) => paymentResolution.runOnce(claimed),
      },
      {
        name: LOOK_STEP,
        makesDue: ['resolve-payment', 'check-line'],
        width,
        runOnce: (claimed) => messages.runOnce(claimed),
      },
      {
        name: 'watch-deposit',
        makesDue: ['check-line'],
        width,
        runOnce: (claimed) => depositWatch.runOnce(claimed),
      },
      { name: 'expire-order', makesDue: [], runOnce: () => orderExpiry.runOnce() },
      { name: 'give-back', makesDue: ['send-refund'], runOnce: () => giveBacks.runOnce() },
      { name: 'issue-method', makesDue: ['erase-method'], width, runOnce: (claimed) => methodIssuing.runOnce(claimed) },
      { name: 'erase-method', makesDue: [], width, runOnce: (claimed) => methodErasure.runOnce(claimed) },
      { name: 'expire-registration', makesDue: [], runOnce: () => registrationExpiry.runOnce() },
      { name: 'open-tie-outs', makesDue: ['tie-out'], runOnce: () => tieOutCalendar.runOnce() },
      { name: 'tie-out', makesDue: ['check-line'], width, runOnce: (claimed) => tieOuts.runOnce(claimed) },
      { name: 'watch-doubt', makesDue: [], runOnce: () => doubt.runOnce() },
      { name: 'watch-payments', makesDue: ['check-line'], width, runOnce: (claimed) => payments.runOnce(claimed) },
      { name: 'check-line', makesDue: [], restMs: CHECK_LINE_REST_MS, runOnce: () => line.runOnce() },
      { name: 'expire-approval', makesDue: [], runOnce: () => approvalExpiry.runOnce() },
      { name: 'prune-notifications', makesDue: [], runOnce: () => retention.runOnce() },
      { name: 'prune-exchanges', makesDue: [], runOnce: () => exchangeRetention.runOnce() },
    ];
  }
}
