import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { ApprovalModule } from '../approval';
import { GatewayAccountModule } from '../gateway-account';
import { GatewaysModule } from '../gateways';
import { KillSwitchModule } from '../kill-switch';
import { LineStopModule } from '../line-stop';
import { TransactionLookupModule } from '../transaction-lookup';
import { ChargeModule } from '../charge';
import { ChargeTransactions } from './charge-transactions.service';
import { OutsideRefund, OutsideRefundHistory } from './outside/outside-refund.entity';
import { OutsideRefundRepository } from './outside/outside-refund.repository';
import { OutsideRefunds } from './outside/outside-refunds.service';
import { RefundAccount } from './refund-account.entity';
import { RefundAccounts } from './refund-accounts';
import { RefundAllowance } from './refund-allowance';
import { RefundApprovals } from './refund-approvals';
import { RefundCheck } from './refund-check';
import { RefundQueue } from './refund-queue';
import { RefundRecorder } from './refund-recorder';
import { RefundReversals } from './refund-reversals';
import { RefundResolutionService } from './refund-resolution.service';
import { RefundSendingService } from './refund-sending.service';
import { RefundTransfers } from './refund-transfers';
import { Refund, RefundHistory } from './refund.entity';
import { RefundRepository } from './refund.repository';
import { Refunds } from './refunds.service';

@Module({
  imports: [
    TypeOrmModule.forFeature([OutsideRefund, OutsideRefundHistory, Refund, RefundAccount, RefundHistory]),
    ApprovalModule,
    ChargeModule,
    GatewayAccountModule,
    GatewaysModule,
    KillSwitchModule,
    LineStopModule,
    TransactionLookupModule,
  ],
  providers: [
    ChargeTransactions,
    OutsideRefundRepository,
    OutsideRefunds,
    RefundAccounts,
    RefundAllowance,
    RefundApprovals,
    RefundCheck,
    RefundQueue,
    RefundRecorder,
    RefundRepository,
    RefundResolutionService,
    RefundReversals,
    RefundSendingService,
    RefundTransfers,
    Refunds,
  ],
  exports: [
    ChargeTransactions,
    OutsideRefunds,
    RefundResolutionService,
    RefundReversals,
    RefundSendingService,
    Refunds,
  ],
})
export class RefundModule {}
