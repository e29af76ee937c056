import { Module } from '@nestjs/common';
import { ScheduleModule } from '@nestjs/schedule';
import { ApprovalModule } from '../approval';
import { BulkPaymentModule } from '../bulk-payment';
import { ChargeModule } from '../charge';
import { TstoreModule } from '../gateways/tstore';
import { KillSwitchModule } from '../kill-switch';
import { NotificationModule } from '../notification';
import { OAuthTokenModule } from '../oauth-token';
import { SubscriptionModule } from '../subscription';
import { BillingScheduler } from './billing-scheduler';
import { BillingSteps } from './billing-steps';
import { PlanBillingRunStep } from './plan-billing-run.step';
import { PnsVerifier } from './pns-verifier';
import { VerifyNotificationStep } from './verify-notification.step';
import { SchemaGuard } from './schema-guard';
import { StepHealth } from './step-health';
import { WakeListener } from './wake-listener';

@Module({
  imports: [
    ScheduleModule.forRoot(),
    ApprovalModule,
    BulkPaymentModule,
    ChargeModule,
    KillSwitchModule,
    NotificationModule,
    OAuthTokenModule,
    SubscriptionModule,
    TstoreModule,
  ],
  providers: [
    BillingScheduler,
    BillingSteps,
    PlanBillingRunStep,
    PnsVerifier,
    SchemaGuard,
    StepHealth,
    VerifyNotificationStep,
    WakeListener,
  ],
  exports: [BillingSteps],
})
export class BillingSchedulerModule {}
