import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { ApprovalModule } from '../approval';
import { BulkPaymentModule } from '../bulk-payment';
import { ChargeModule } from '../charge';
import { GatewayAccountModule } from '../gateway-account';
import { LineStopModule } from '../line-stop';
import { BillingRunDecisions } from './billing-run-decision.service';
import { UnusualRuns } from './unusual-run';
import { BillingRunJobs } from './billing-run-jobs';
import { BillingRunPreview } from './billing-run-preview.service';
import { BillingRun, BillingRunHistory } from './billing-run.entity';
import { BillingRunRepository } from './billing-run.repository';
import { BillingRunPlanning } from './billing-run-planning.service';
import { BillingRuns } from './billing-runs.service';
import { ChargeRebillRepository } from './charge-rebill.repository';
import { ChargeRebilling } from './charge-rebilling.service';
import { HeldRebills } from './held-rebills';
import { Rebilling } from './rebilling.service';
import { UnbillableCharges } from './unbillable-charges';

const SERVICES = [BillingRunDecisions, BillingRunPreview, BillingRunPlanning, BillingRuns, ChargeRebilling, Rebilling];

@Module({
  imports: [
    TypeOrmModule.forFeature([BillingRun, BillingRunHistory]),
    ApprovalModule,
    BulkPaymentModule,
    ChargeModule,
    GatewayAccountModule,
    LineStopModule,
  ],
  providers: [
    ...SERVICES,
    UnusualRuns,
    BillingRunJobs,
    BillingRunRepository,
    ChargeRebillRepository,
    HeldRebills,
    UnbillableCharges,
  ],
  exports: SERVICES,
})
export class BillingRunModule {}
