export { BillingRunService, type PlannedRun } from './billing-run.service';
export { BillingRun, Product, Subscription, SubscriptionHistory } from './subscription.entity';
export { SettlementEffectsModule } from './settlement-effects.module';
export { SubscriptionModule } from './subscription.module';
export { SubscriptionRepository, type NewProduct, type NewSubscription } from './subscription.repository';
export { SUBSCRIPTION_TRANSITIONS, type SubscriptionState } from './subscription.state';
