import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { ApprovalModule } from '../approval';
import { LineStop } from './line-stop.entity';
import { LineStopRepository } from './line-stop.repository';
import { LineStops } from './line-stops.service';
import { ParkedRooms } from './parked';

@Module({
  imports: [ApprovalModule, TypeOrmModule.forFeature([LineStop])],
  providers: [LineStopRepository, LineStops, ParkedRooms],
  exports: [LineStopRepository, LineStops, ParkedRooms],
})
export class LineStopModule {}
