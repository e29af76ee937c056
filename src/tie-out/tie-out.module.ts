import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { DirectPaymentModule } from '../direct-payment';
import { GatewayAccountModule } from '../gateway-account';
import { GatewaysModule } from '../gateways';
import { RefundModule } from '../refund';
import { TransactionLookupModule } from '../transaction-lookup';
import { ListFile } from './list-file/list-file.entity';
import { ListFileRepository } from './list-file/list-file.repository';
import { ListFiles } from './list-file/list-files.service';
import { PaymentsOfDay } from './payments-of-day';
import { GatewayDays } from './gateway-days';
import { TieOutCalendar } from './tie-out-calendar';
import { TieOutDifference, TieOutDifferenceHistory } from './tie-out-difference.entity';
import { TieOutDifferences } from './tie-out-differences';
import { TieOut, TieOutHistory } from './tie-out.entity';
import { TieOutRepository } from './tie-out.repository';
import { TieOuts } from './tie-outs.service';

/** Our days against the gateways' own lists. */
@Module({
  imports: [
    TypeOrmModule.forFeature([ListFile, TieOut, TieOutHistory, TieOutDifference, TieOutDifferenceHistory]),
    DirectPaymentModule,
    GatewayAccountModule,
    GatewaysModule,
    RefundModule,
    TransactionLookupModule,
  ],
  providers: [
    GatewayDays,
    ListFileRepository,
    ListFiles,
    PaymentsOfDay,
    TieOutCalendar,
    TieOutDifferences,
    TieOutRepository,
    TieOuts,
  ],
  exports: [GatewayDays, ListFiles, TieOutCalendar, TieOutDifferences, TieOuts],
})
export class TieOutModule {}
