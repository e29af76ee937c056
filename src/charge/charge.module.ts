import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { Charge, Settlement } from './charge.entity';
import { ChargeRepository } from './charge.repository';
import { ChargeSettlement } from './charge-settlement';
import { SettlementLog } from './settlement-log';
import { SettlementLogRepository } from './settlement-log.repository';

@Module({
  imports: [TypeOrmModule.forFeature([Charge, Settlement])],
  providers: [ChargeRepository, ChargeSettlement, SettlementLog, SettlementLogRepository],
  exports: [ChargeRepository, ChargeSettlement, SettlementLog],
})
export class ChargeModule {}
