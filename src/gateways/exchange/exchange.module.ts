import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { ExchangeRetention } from './exchange-retention';
import { GatewayExchange } from './gateway-exchange.entity';
import { GatewayExchanges } from './gateway-exchanges';

/** Evidence of the calls of every gateway. */
@Module({
  imports: [TypeOrmModule.forFeature([GatewayExchange])],
  providers: [ExchangeRetention, GatewayExchanges],
  exports: [ExchangeRetention, GatewayExchanges],
})
export class ExchangeModule {}
