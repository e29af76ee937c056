import { Get } from '@nestjs/common';
import { ApiOperation } from '@nestjs/swagger';
import { Scope } from './access';
import { AdminController } from './admin-controller';
import { SummaryService, type Summary } from './summary.service';

/** The dashboard's numbers. */
@AdminController('summary')
export class SummaryController {
  constructor(private readonly summary: SummaryService) {}

  @Get()
  @Scope('reports:read')
  @ApiOperation({ summary: 'Today, this month, and what is stuck, each with where to look; days are Seoul’s' })
  read(): Promise<Summary> {
    return this.summary.read();
  }
}
