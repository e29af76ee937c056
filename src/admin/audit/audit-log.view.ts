import { ApiProperty } from '@nestjs/swagger';
import { FirstColumns } from '../lists';

export class AuditOutcomeView {
  @ApiProperty() at!: Date;
  @ApiProperty({ type: 'integer', description: 'Of the answer' }) status!: number;
  @ApiProperty({ type: String, nullable: true, description: 'Of the problem, when refused or failed' })
  code!: string | null;
  @ApiProperty({
    type: 'object',
    additionalProperties: true,
    nullable: true,
    description: 'The resource as it was afterwards: any JSON object, as the API showed that resource at the time',
  })
  after!: object | null;
}

@FirstColumns('at', 'actor', 'owner', 'operation', 'resource', 'resourceId', 'reason')
export class AuditEntryView {
  @ApiProperty() id!: string;
  @ApiProperty() at!: Date;
  @ApiProperty({ example: 'ops-console (key 42)' }) actor!: string;
  @ApiProperty({ type: String, nullable: true, description: 'null: the bootstrap key' }) apiKeyId!: string | null;
  @ApiProperty({ type: String, nullable: true, description: 'Whose key; null: from before keys had owners' })
  owner!: string | null;
  @ApiProperty({ example: 'products.change' }) operation!: string;
  @ApiProperty({ example: 'products' }) resource!: string;
  @ApiProperty({ type: String, nullable: true }) resourceId!: string | null;
  @ApiProperty({ type: String, nullable: true }) reason!: string | null;
  @ApiProperty({
    type: 'object',
    additionalProperties: true,
    nullable: true,
    description:
      'The resource as it was: any JSON object, as the API showed it at the time; null when the call made it',
  })
  before!: object | null;
  @ApiProperty() requestId!: string;
  @ApiProperty() address!: string;
  @ApiProperty({
    type: AuditOutcomeView,
    nullable: true,
    description: 'null: the process ended in the middle; the resource’s own history tells whether it was changed',
  })
  outcome!: AuditOutcomeView | null;
}
