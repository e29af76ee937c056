import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { GatewaysModule } from '../gateways';
import { TransactionLookup } from './transaction-lookup.entity';
import { TransactionLookups } from './transaction-lookups.service';

@Module({
  imports: [TypeOrmModule.forFeature([TransactionLookup]), GatewaysModule],
  providers: [TransactionLookups],
  exports: [TransactionLookups],
})
export class TransactionLookupModule {}
