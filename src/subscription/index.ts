export { BillingRunService, type PlannedRun } from './billing-run.service';
export { BillingRun, Product, ProductHistory, Subscription, SubscriptionHistory } from './subscription.entity';
export { CHARGED_AMOUNTS_SQL, DUE_SUBSCRIPTION_SQL } from './due-subscriptions.sql';
export { SettlementEffectsModule } from './settlement-effects.module';
export { SubscriptionModule } from './subscription.module';
export { SubscriptionRepository, type NewProduct, type NewSubscription, type Price } from './subscription.repository';
export { SUBSCRIPTION_TRANSITIONS, type SubscriptionState } from './subscription.state';
