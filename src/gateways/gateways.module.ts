import { Module } from '@nestjs/common';
import { GatewayAccountModule } from '../gateway-account';
import { AccountChecks } from './account-checks';
import { ExchangeModule } from './exchange';
import { Gateways } from './gateways';
import { KakaopayModule } from './kakaopay';
import { PortoneModule } from './portone';
import { TossModule } from './toss';
import { TstoreModule } from './tstore';

/** Every gateway there is, behind the ports. */
@Module({
  imports: [ExchangeModule, GatewayAccountModule, KakaopayModule, PortoneModule, TossModule, TstoreModule],
  providers: [AccountChecks, Gateways],
  exports: [AccountChecks, ExchangeModule, Gateways],
})
export class GatewaysModule {}
