import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { ApprovalModule } from '../approval';
import { TstoreModule } from '../gateways/tstore';
import { KillSwitchModule } from '../kill-switch';
import { LineStopModule } from '../line-stop';
import { OAuthTokenModule } from '../oauth-token';
import { TransactionLookupModule } from '../transaction-lookup';
import { Charge, Settlement } from './charge.entity';
import { ChargeRecordRepository } from './charge-record.repository';
import { ChargeRepository } from './charge.repository';
import { ChargeSettlement } from './charge-settlement';
import { ChargeTransactions } from './charge-transactions.service';
import { Charges } from './charges.service';
import { MonthlyReport } from './monthly-report';
import { OutsideRefund } from './outside-refund.entity';
import { OutsideRefundRepository } from './outside-refund.repository';
import { OutsideRefunds } from './outside-refunds.service';
import { RefundAllowance } from './refund-allowance';
import { RefundApprovals } from './refund-approvals';
import { RefundCheck } from './refund-check';
import { RefundGateway } from './refund-gateway';
import { RefundQueue } from './refund-queue';
import { RefundRecorder } from './refund-recorder';
import { RefundResolutionService } from './refund-resolution.service';
import { RefundSendingService } from './refund-sending.service';
import { Refund, RefundHistory } from './refund.entity';
import { RefundRepository } from './refund.repository';
import { Refunds } from './refunds.service';
import { SettlementLog } from './settlement-log';
import { SettlementLogRepository } from './settlement-log.repository';

@Module({
  imports: [
    TypeOrmModule.forFeature([Charge, OutsideRefund, Refund, RefundHistory, Settlement]),
    ApprovalModule,
    KillSwitchModule,
    ApprovalModule,
    LineStopModule,
    OAuthTokenModule,
    TransactionLookupModule,
    TstoreModule,
  ],
  providers: [
    ChargeRecordRepository,
    ChargeRepository,
    ChargeSettlement,
    ChargeTransactions,
    Charges,
    MonthlyReport,
    OutsideRefundRepository,
    OutsideRefunds,
    RefundAllowance,
    RefundApprovals,
    RefundCheck,
    RefundGateway,
    RefundQueue,
    RefundRecorder,
    RefundRepository,
    RefundResolutionService,
    RefundSendingService,
    Refunds,
    SettlementLog,
    SettlementLogRepository,
  ],
  exports: [
    ChargeRepository,
    ChargeSettlement,
    ChargeTransactions,
    Charges,
    MonthlyReport,
    OutsideRefunds,
    RefundResolutionService,
    RefundSendingService,
    Refunds,
    SettlementLog,
  ],
})
export class ChargeModule {}
