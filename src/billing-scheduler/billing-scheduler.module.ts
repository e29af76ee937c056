import { Module } from '@nestjs/common';
import { ScheduleModule } from '@nestjs/schedule';
import { ApprovalModule } from '../approval';
import { BulkPaymentModule } from '../bulk-payment';
import { RefundModule } from '../refund';
import { KillSwitchModule } from '../kill-switch';
import { NotificationModule } from '../inbox';
import { BillingRunModule } from '../billing-run';
import { BillingScheduler } from './billing-scheduler';
import { BillingSteps } from './billing-steps';
import { PlanBillingRunStep } from './plan-billing-run.step';
import { SchemaGuard } from './schema-guard';
import { StepHealth } from './step-health';
import { WakeListener } from './wake-listener';

@Module({
  imports: [
    ScheduleModule.forRoot(),
    ApprovalModule,
    BillingRunModule,
    BulkPaymentModule,
    KillSwitchModule,
    NotificationModule,
    RefundModule,
  ],
  providers: [BillingScheduler, BillingSteps, PlanBillingRunStep, SchemaGuard, StepHealth, WakeListener],
  exports: [BillingSteps],
})
export class BillingSchedulerModule {}
