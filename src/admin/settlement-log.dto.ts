import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { ArrayMaxSize, ArrayNotEmpty, IsArray, IsOptional, Matches } from 'class-validator';
import type { SeoulDate } from '../kernel/seoul-calendar';
import { IsSeoulDate } from './body-fields';
import { PageQuery } from './bulk-payment-jobs.dto';

const POSITION = /^(0|[1-9]\d{0,17})$/;
const MOST_POSITIONS = 10_000;

export class LogQuery extends PageQuery {
  @ApiPropertyOptional({ default: '0', description: 'The last position you have; entries behind it are given' })
  @IsOptional()
  @Matches(POSITION, { message: 'a position: decimal digits' })
  after: string = '0';
}

export class AcknowledgeBody {
  @ApiProperty({ type: [String], maxItems: MOST_POSITIONS })
  @IsArray({ message: 'a list of positions' })
  @ArrayNotEmpty({ message: 'at least one position' })
  @ArrayMaxSize(MOST_POSITIONS, { message: `at most ${MOST_POSITIONS} positions` })
  @Matches(POSITION, { each: true, message: 'each a position: decimal digits in text' })
  positions!: string[];
}

/** A report at once: a year, also a leap year. */
export const MOST_DAYS = 366;

export class DaysQuery {
  @ApiProperty({ type: String, format: 'date', example: '2026-11-01', description: 'Seoul date' })
  @IsSeoulDate()
  from!: SeoulDate;

  @ApiProperty({
    type: String,
    format: 'date',
    example: '2026-11-30',
    description: `Seoul date, included; at most ${MOST_DAYS} days in all`,
  })
  @IsSeoulDate()
  to!: SeoulDate;
}
