import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { ApprovalModule } from '../approval';
import { ChargeModule } from '../charge';
import { GatewayAccountModule } from '../gateway-account';
import { GatewaysModule } from '../gateways';
import { KillSwitchModule } from '../kill-switch';
import { LineStopModule } from '../line-stop';
import { PaymentMethodModule } from '../payment-method';
import { AccountClosing } from './deposit/account-closing';
import { DepositAccount } from './deposit/deposit-account.entity';
import { DepositAccounts } from './deposit/deposit-accounts';
import { DepositRecorder } from './deposit/deposit-recorder';
import { DepositSchedule } from './deposit/deposit-schedule';
import { DepositWatch } from './deposit/deposit-watch';
import { DirectPaymentCalls } from './direct-payment-calls';
import { DirectPaymentDecisions } from './direct-payment-decisions';
import { DirectPaymentFinder } from './direct-payment-finder';
import { DirectPaymentLook } from './direct-payment-look.entity';
import { DirectPaymentIntents } from './direct-payment-intents';
import { DirectPaymentLooks } from './direct-payment-looks';
import { DirectPaymentOrigins } from './direct-payment-effects';
import { DirectPaymentQueue } from './direct-payment-queue';
import { DirectPaymentRecorder } from './direct-payment-recorder';
import { DirectPaymentResolution } from './direct-payment-resolution.service';
import { DirectPaymentSending } from './direct-payment-sending.service';
import { DirectPaymentStops } from './direct-payment-stops';
import { DirectPaymentWatch } from './direct-payment-watch';
import { DirectPayment, DirectPaymentHistory } from './direct-payment.entity';
import { DirectPaymentRepository } from './direct-payment.repository';
import { DirectPayments } from './direct-payments.service';
import { EarlierAttempts } from './earlier-attempts';

@Module({
  imports: [
    TypeOrmModule.forFeature([DepositAccount, DirectPayment, DirectPaymentHistory, DirectPaymentLook]),
    ApprovalModule,
    ChargeModule,
    GatewayAccountModule,
    GatewaysModule,
    KillSwitchModule,
    LineStopModule,
    PaymentMethodModule,
  ],
  providers: [
    AccountClosing,
    DepositAccounts,
    DepositRecorder,
    DepositSchedule,
    DepositWatch,
    DirectPaymentCalls,
    DirectPaymentDecisions,
    DirectPaymentFinder,
    DirectPaymentIntents,
    DirectPaymentLooks,
    DirectPaymentOrigins,
    DirectPaymentQueue,
    DirectPaymentRecorder,
    DirectPaymentRepository,
    DirectPaymentResolution,
    DirectPaymentSending,
    DirectPaymentStops,
    DirectPaymentWatch,
    DirectPayments,
    EarlierAttempts,
  ],
  exports: [
    DepositWatch,
    DirectPaymentDecisions,
    DirectPaymentOrigins,
    DirectPaymentResolution,
    DirectPaymentSending,
    DirectPayments,
  ],
})
export class DirectPaymentModule {}
