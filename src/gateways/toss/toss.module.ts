import { Module } from '@nestjs/common';
import { GatewayAccountModule } from '../../gateway-account';
import { ExchangeModule } from '../exchange';
import { TossCalls } from './api/toss-calls';
import { TossClient } from './api/toss.client';
import { TossCheckouts } from './checkouts';
import { TossLists } from './lists';
import { TossMethodCharges, TossMethods } from './methods';
import { TossPayments } from './payments';
import { TossRefunds } from './refunds';
import { TossAccounts } from './toss-accounts';
import { TossCheck } from './toss-check';
import { TossGateway } from './toss.gateway';

/** All of Toss Payments, shown to everybody by its ports alone. */
@Module({
  imports: [ExchangeModule, GatewayAccountModule],
  providers: [
    TossAccounts,
    TossCalls,
    TossCheck,
    TossCheckouts,
    TossClient,
    TossGateway,
    TossLists,
    TossMethodCharges,
    TossMethods,
    TossPayments,
    TossRefunds,
  ],
  exports: [TossGateway],
})
export class TossModule {}
