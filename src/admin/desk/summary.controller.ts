import { Get } from '@nestjs/common';
import { ApiOkResponse, ApiOperation } from '@nestjs/swagger';
import { Scope } from '../access';
import { AdminController } from '../frame/admin-controller';
import { SummaryService } from './summary.service';
import { SummaryView } from './summary.view';

/** The dashboard's numbers. */
@AdminController('summary')
export class SummaryController {
  constructor(private readonly summary: SummaryService) {}

  @Get()
  @Scope('reports:read')
  @ApiOperation({ summary: 'Today, this month, and what is stuck, each with where to look; days are Seoul’s' })
  @ApiOkResponse({ type: SummaryView })
  read(): Promise<SummaryView> {
    return this.summary.read();
  }
}
