import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { GatewayAccountModule } from '../gateway-account';
import { GatewaysModule } from '../gateways';
import { TransactionLookup } from './transaction-lookup.entity';
import { TransactionLookups } from './transaction-lookups.service';

@Module({
  imports: [TypeOrmModule.forFeature([TransactionLookup]), GatewayAccountModule, GatewaysModule],
  providers: [TransactionLookups],
  exports: [TransactionLookups],
})
export class TransactionLookupModule {}
