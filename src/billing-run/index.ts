export { BillingRunDecisions } from './billing-run-decision.service';
export { BillingRunPreview, type RunPreview } from './billing-run-preview.service';
export { BillingRunModule } from './billing-run.module';
export { BILLING_RUN_TRANSITIONS, type BillingRunState } from './billing-run.state';
export { BillingRuns } from './billing-runs.service';
export { ChargeRebilling, type RebillAnswer } from './rebill/charge-rebilling.service';
export { Rebilling } from './rebill/rebilling.service';
export { BillingRunPlanning, type PlannedRun } from './billing-run-planning.service';
export { BillingRun, BillingRunHistory } from './billing-run.entity';
