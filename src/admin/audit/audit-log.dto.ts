import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsOptional, Matches } from 'class-validator';
import { IsId, IsInstant } from '../frame/body-fields';
import { PageQuery } from '../frame/page';

const TEXT = { message: '1 to 200 characters, no control characters' };
const ANY_TEXT = /^\P{Cc}{1,200}$/u;

export class AuditLogQuery extends PageQuery {
  @ApiPropertyOptional({ example: 'ops-console (key 42)' })
  @IsOptional()
  @Matches(ANY_TEXT, TEXT)
  actor?: string;

  @ApiPropertyOptional({ description: 'By whose key, whatever it is called' })
  @IsOptional()
  @IsId('an id')
  apiKeyId?: string;

  @ApiPropertyOptional({ example: 'kim@example.com', description: 'By any key of this owner' })
  @IsOptional()
  @Matches(ANY_TEXT, TEXT)
  owner?: string;

  @ApiPropertyOptional({ example: 'products.change', description: 'An operationId of this document' })
  @IsOptional()
  @Matches(ANY_TEXT, TEXT)
  operation?: string;

  @ApiPropertyOptional({ example: 'products' })
  @IsOptional()
  @Matches(ANY_TEXT, TEXT)
  resource?: string;

  @ApiPropertyOptional()
  @IsOptional()
  @Matches(ANY_TEXT, TEXT)
  resourceId?: string;

  @ApiPropertyOptional({ description: 'The x-request-id of the answer' })
  @IsOptional()
  @Matches(ANY_TEXT, TEXT)
  requestId?: string;

  @ApiPropertyOptional({ type: String, format: 'date-time', description: 'This instant or later' })
  @IsOptional()
  @IsInstant()
  from?: string;

  @ApiPropertyOptional({ type: String, format: 'date-time', description: 'Before this instant' })
  @IsOptional()
  @IsInstant()
  until?: string;
}
