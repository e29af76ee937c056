import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { TstoreModule } from '../gateways/tstore';
import { OAuthTokenModule } from '../oauth-token';
import { TransactionLookup } from './transaction-lookup.entity';
import { TransactionLookups } from './transaction-lookups.service';

@Module({
  imports: [TypeOrmModule.forFeature([TransactionLookup]), OAuthTokenModule, TstoreModule],
  providers: [TransactionLookups],
  exports: [TransactionLookups],
})
export class TransactionLookupModule {}
