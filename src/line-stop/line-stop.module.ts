import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { LineStop } from './line-stop.entity';
import { LineStopRepository } from './line-stop.repository';
import { LineStops } from './line-stops.service';

@Module({
  imports: [TypeOrmModule.forFeature([LineStop])],
  providers: [LineStopRepository, LineStops],
  exports: [LineStopRepository, LineStops],
})
export class LineStopModule {}
