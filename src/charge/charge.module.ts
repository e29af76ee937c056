import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { Charge, Settlement } from './charge.entity';
import { ChargeRepository } from './charge.repository';
import { ChargeSettlement } from './charge-settlement';
import { SettlementLogRepository } from './settlement-log.repository';

@Module({
  imports: [TypeOrmModule.forFeature([Charge, Settlement])],
  providers: [ChargeRepository, ChargeSettlement, SettlementLogRepository],
  exports: [ChargeRepository, ChargeSettlement],
})
export class ChargeModule {}
