import { Module } from '@nestjs/common';
import { ScheduleModule } from '@nestjs/schedule';
import { ApprovalModule } from '../approval';
import { BulkPaymentModule } from '../bulk-payment';
import { DirectPaymentModule } from '../direct-payment';
import { OrderModule } from '../order';
import { RefundModule } from '../refund';
import { KillSwitchModule } from '../kill-switch';
import { GatewaysModule } from '../gateways';
import { GatewayMessageModule } from '../gateway-message';
import { NotificationModule } from '../inbox';
import { PaymentMethodModule } from '../payment-method';
import { BillingRunModule } from '../billing-run';
import { TieOutModule } from '../tie-out';
import { BillingScheduler } from './billing-scheduler';
import { BillingSteps } from './billing-steps';
import { DatabaseOutage, StepHealth } from '../platform/step-health';
import { PlanBillingRunStep } from './plan-billing-run.step';
import { SchemaGuard } from './schema-guard';
import { WakeListener } from './wake-listener';

@Module({
  imports: [
    ScheduleModule.forRoot(),
    ApprovalModule,
    BillingRunModule,
    BulkPaymentModule,
    DirectPaymentModule,
    GatewaysModule,
    KillSwitchModule,
    GatewayMessageModule,
    NotificationModule,
    OrderModule,
    PaymentMethodModule,
    RefundModule,
    TieOutModule,
  ],
  providers: [
    BillingScheduler,
    BillingSteps,
    DatabaseOutage,
    PlanBillingRunStep,
    SchemaGuard,
    StepHealth,
    WakeListener,
  ],
  exports: [BillingSteps],
})
export class BillingSchedulerModule {}
