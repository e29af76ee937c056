import { Module } from '@nestjs/common';
import { GatewayAccountModule } from '../../gateway-account';
import { ExchangeModule } from '../exchange';
import { PortoneCalls } from './api/portone-calls';
import { PortoneClient } from './api/portone.client';
import { PortoneCheckouts } from './checkouts';
import { PortoneMethodCharges, PortoneMethods } from './methods';
import { PortonePayments } from './payments';
import { PortoneAccounts } from './portone-accounts';
import { PortoneCheck } from './portone-check';
import { PortoneGateway } from './portone.gateway';
import { PortoneRefunds } from './refunds';

/** All of PortOne, shown to everybody by its ports alone. */
@Module({
  imports: [ExchangeModule, GatewayAccountModule],
  providers: [
    PortoneAccounts,
    PortoneCalls,
    PortoneCheck,
    PortoneClient,
    PortoneGateway,
    PortoneMethodCharges,
    PortoneMethods,
    PortonePayments,
    PortoneRefunds,
    PortoneCheckouts,
  ],
  exports: [PortoneGateway],
})
export class PortoneModule {}
