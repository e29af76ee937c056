export { BillingRunDecisions } from './billing-run-decision.service';
export { BillingRunPreview, type RunPreview } from './billing-run-preview.service';
export { BILLING_RUN_TRANSITIONS, type BillingRunState } from './billing-run.state';
export { BillingRuns } from './billing-runs.service';
export { Rebilling } from './rebilling.service';
export { BillingRunService, type PlannedRun } from './billing-run.service';
export {
  BillingRun,
  BillingRunHistory,
  Product,
  ProductHistory,
  Subscription,
  SubscriptionHistory,
} from './subscription.entity';
export { SettlementEffectsModule } from './settlement-effects.module';
export { SubscriptionModule } from './subscription.module';
export { SubscriptionRepository, type NewProduct, type NewSubscription, type Price } from './subscription.repository';
export { SUBSCRIPTION_TRANSITIONS, type SubscriptionState } from './subscription.state';
export { Products } from './products.service';
export type { ProductChange } from './product.repository';
export { SubscriptionLife, type NewTerms } from './subscription-life.service';
export type { SubscriptionFilter, SubscriptionRecord } from './subscription-record.repository';
export { MAX_CUSTOMER_REFERENCE_LENGTH, MAX_INTERVAL_MONTHS, type SubscriptionOrder } from './subscription-rules';
export { Subscriptions } from './subscriptions.service';
export { SubscriptionExport, type SubscriptionExportFile } from './subscription-export.service';
export { SubscriptionImport, type ImportReport, type SubscriptionFile } from './subscription-import.service';
