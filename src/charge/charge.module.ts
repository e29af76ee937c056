import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { GatewaysModule } from '../gateways';
import { Charge, Settlement } from './charge.entity';
import { ChargeRecordRepository } from './charge-record.repository';
import { ChargeRepository } from './charge.repository';
import { ChargeSettlement } from './charge-settlement';
import { Charges } from './charges.service';
import { SettlementLog } from './settlement-log';
import { SettlementLogRepository } from './settlement-log.repository';

@Module({
  imports: [TypeOrmModule.forFeature([Charge, Settlement]), GatewaysModule],
  providers: [
    ChargeRecordRepository,
    ChargeRepository,
    ChargeSettlement,
    Charges,
    SettlementLog,
    SettlementLogRepository,
  ],
  exports: [ChargeRepository, ChargeSettlement, Charges, SettlementLog],
})
export class ChargeModule {}
