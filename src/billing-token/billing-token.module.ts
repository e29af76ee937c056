import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { BillingToken } from './billing-token.entity';
import { BillingTokenVault } from './billing-token.vault';

@Module({
  imports: [TypeOrmModule.forFeature([BillingToken])],
  providers: [BillingTokenVault],
  exports: [BillingTokenVault],
})
export class BillingTokenModule {}
