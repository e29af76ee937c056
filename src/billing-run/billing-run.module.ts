import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { ApprovalModule } from '../approval';
import { BulkPaymentModule } from '../bulk-payment';
import { ChargeModule } from '../charge';
import { GatewayAccountModule } from '../gateway-account';
import { DirectPaymentModule } from '../direct-payment';
import { GatewaysModule } from '../gateways';
import { LineStopModule } from '../line-stop';
import { PaymentMethodModule } from '../payment-method';
import { BillingRunDecisions } from './billing-run-decision.service';
import { PriceSetters } from './price-setters';
import { UnusualRuns } from './unusual-run';
import { BillingRunJobs } from './billing-run-jobs';
import { BillingRunPreview } from './billing-run-preview.service';
import { BillingRun, BillingRunHistory } from './billing-run.entity';
import { BillingRunRepository } from './billing-run.repository';
import { BillingRunPlanning } from './billing-run-planning.service';
import { BillingRuns } from './billing-runs.service';
import { ChargeRebillRepository } from './rebill/charge-rebill.repository';
import { ChargeRebilling } from './rebill/charge-rebilling.service';
import { MethodPayments } from './method-payments';
import { HeldRebills } from './rebill/held-rebills';
import { Rebilling } from './rebill/rebilling.service';
import { UnbillableCharges } from './unbillable-charges';

const SERVICES = [
  BillingRunDecisions,
  BillingRunPreview,
  BillingRunPlanning,
  BillingRuns,
  ChargeRebilling,
  PriceSetters,
  Rebilling,
];

@Module({
  imports: [
    TypeOrmModule.forFeature([BillingRun, BillingRunHistory]),
    ApprovalModule,
    BulkPaymentModule,
    ChargeModule,
    DirectPaymentModule,
    GatewayAccountModule,
    GatewaysModule,
    LineStopModule,
    PaymentMethodModule,
  ],
  providers: [
    ...SERVICES,
    UnusualRuns,
    BillingRunJobs,
    BillingRunRepository,
    ChargeRebillRepository,
    HeldRebills,
    MethodPayments,
    UnbillableCharges,
  ],
  exports: SERVICES,
})
export class BillingRunModule {}
