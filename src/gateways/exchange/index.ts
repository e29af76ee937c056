export { ExchangeModule } from './exchange.module';
export { ExchangeRetention } from './exchange-retention';
export { EXCHANGE_OPERATIONS, EXCHANGE_OUTCOMES, GatewayExchange } from './gateway-exchange.entity';
export type { ExchangeOperation, ExchangeOutcome } from './gateway-exchange.entity';
export { GatewayExchanges } from './gateway-exchanges';
export type { Exchanged, ExchangeOf, ExchangeWire } from './gateway-exchanges';
