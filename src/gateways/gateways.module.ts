import { Module } from '@nestjs/common';
import { ExchangeModule } from './exchange';
import { Gateways } from './gateways';
import { TossModule } from './toss';
import { TstoreModule } from './tstore';

/** Every gateway there is, behind the ports. */
@Module({
  imports: [ExchangeModule, TossModule, TstoreModule],
  providers: [Gateways],
  exports: [ExchangeModule, Gateways],
})
export class GatewaysModule {}
