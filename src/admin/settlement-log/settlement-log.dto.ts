import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { ArrayMaxSize, ArrayNotEmpty, IsArray, IsOptional, Matches } from 'class-validator';
import { PageOfDays } from '../frame/days.dto';
import { ByGatewayToo } from '../frame/gateway.dto';

const POSITION = /^(0|[1-9]\d{0,17})$/;
const MOST_POSITIONS = 10_000;

export class LogQuery extends ByGatewayToo(PageOfDays('Settled')) {
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
