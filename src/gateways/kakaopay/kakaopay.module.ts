import { Module } from '@nestjs/common';
import { GatewayAccountModule } from '../../gateway-account';
import { ExchangeModule } from '../exchange';
import { KakaopayActs } from './acts';
import { KakaopayCalls } from './api/kakaopay-calls';
import { KakaopayClient } from './api/kakaopay.client';
import { KakaopayCheckouts } from './checkouts';
import { KakaopayAccounts } from './kakaopay-accounts';
import { KakaopayCheck } from './kakaopay-check';
import { KakaopayGateway } from './kakaopay.gateway';
import { KakaopayListFiles } from './list-file';
import { KakaopayMethodCharges, KakaopayMethods } from './methods';
import { KakaopayPayments } from './payments';
import { KakaopayRefunds } from './refunds';

/** All of KakaoPay, shown to everybody by its ports alone. */
@Module({
  imports: [ExchangeModule, GatewayAccountModule],
  providers: [
    KakaopayAccounts,
    KakaopayActs,
    KakaopayCalls,
    KakaopayCheck,
    KakaopayCheckouts,
    KakaopayClient,
    KakaopayGateway,
    KakaopayListFiles,
    KakaopayMethodCharges,
    KakaopayMethods,
    KakaopayPayments,
    KakaopayRefunds,
  ],
  exports: [KakaopayGateway],
})
export class KakaopayModule {}
