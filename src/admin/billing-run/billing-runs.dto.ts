import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsInt, Max, Min } from 'class-validator';
import type { SeoulDate } from '../../kernel/seoul-calendar';
import { IsSeoulDate } from '../frame/body-fields';

const MAX_LINES = 1_000;
const LINES = { message: `a whole number from 0 to ${MAX_LINES}` };

export class BillingRunBody {
  @ApiProperty({ type: String, format: 'date', description: 'Billing date in Seoul' })
  @IsSeoulDate()
  date!: SeoulDate;
}

export class DryRunBody extends BillingRunBody {
  @ApiPropertyOptional({
    type: 'integer',
    minimum: 0,
    maximum: MAX_LINES,
    default: 20,
    description: 'How many of the first charges to show',
  })
  @IsInt(LINES)
  @Min(0, LINES)
  @Max(MAX_LINES, LINES)
  lines: number = 20;
}
