import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { TstoreModule, OAuthTokenModule } from '../gateways/tstore';
import { TransactionLookup } from './transaction-lookup.entity';
import { TransactionLookups } from './transaction-lookups.service';

@Module({
  imports: [TypeOrmModule.forFeature([TransactionLookup]), OAuthTokenModule, TstoreModule],
  providers: [TransactionLookups],
  exports: [TransactionLookups],
})
export class TransactionLookupModule {}
