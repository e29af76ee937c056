import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsOptional, Matches } from 'class-validator';
import type { SeoulDate } from '../../kernel/seoul-calendar';
import { IsSeoulDate } from '../frame/body-fields';
import { IsNotBefore } from '../frame/days.dto';
import { IsAccountId } from '../frame/text-fields';

/** A report at once: a year, also a leap year. */
export const MOST_DAYS = 366;
export const MOST_MONTHS = 12;

const MONTH = /^2\d{3}-(0[1-9]|1[0-2])$/;
const MONTH_MESSAGE = { message: 'a month as YYYY-MM, from 2000 on and before 3000' };

export class DaysQuery {
  @ApiProperty({ type: String, format: 'date', example: '2026-11-01', description: 'Seoul day' })
  @IsSeoulDate()
  from!: SeoulDate;

  @ApiProperty({
    type: String,
    format: 'date',
    example: '2026-11-30',
    description: `Seoul day, included; at most ${MOST_DAYS} days in all`,
  })
  @IsSeoulDate()
  to!: SeoulDate;
}

export class GatewayDaysQuery extends DaysQuery {
  @ApiPropertyOptional({ description: 'Of this gateway account only' })
  @IsOptional()
  @IsAccountId()
  gatewayAccount?: string;
}

/** One month, or a stretch of them. */
export class MonthsQuery {
  @ApiPropertyOptional({ example: '2026-11', description: 'Seoul month; or else from and to' })
  @IsOptional()
  @Matches(MONTH, MONTH_MESSAGE)
  month?: string;

  @ApiPropertyOptional({ example: '2026-01', description: 'First Seoul month' })
  @IsOptional()
  @Matches(MONTH, MONTH_MESSAGE)
  from?: string;

  @ApiPropertyOptional({ example: '2026-12', description: `Last Seoul month; at most ${MOST_MONTHS} in all` })
  @IsOptional()
  @Matches(MONTH, MONTH_MESSAGE)
  @IsNotBefore('from')
  to?: string;
}
