export { BillingSchedulerModule } from './billing-scheduler.module';
export { BillingSteps } from './billing-steps';
export type { BillingStep } from './billing-step';
