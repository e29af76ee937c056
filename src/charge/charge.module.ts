import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { TransactionLookupModule } from '../transaction-lookup';
import { Charge, Settlement } from './charge.entity';
import { ChargeRecordRepository } from './charge-record.repository';
import { ChargeRepository } from './charge.repository';
import { ChargeSettlement } from './charge-settlement';
import { ChargeTransactions } from './charge-transactions.service';
import { Charges } from './charges.service';
import { SettlementLog } from './settlement-log';
import { SettlementLogRepository } from './settlement-log.repository';

@Module({
  imports: [TypeOrmModule.forFeature([Charge, Settlement]), TransactionLookupModule],
  providers: [
    ChargeRecordRepository,
    ChargeRepository,
    ChargeSettlement,
    ChargeTransactions,
    Charges,
    SettlementLog,
    SettlementLogRepository,
  ],
  exports: [ChargeRepository, ChargeSettlement, ChargeTransactions, Charges, SettlementLog],
})
export class ChargeModule {}
