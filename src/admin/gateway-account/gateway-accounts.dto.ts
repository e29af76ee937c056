import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsInt, IsObject, Max, Min, ValidateIf } from 'class-validator';
import { DEPLOYMENTS, type Deployment } from '../../config';
import { ACCOUNT_GATEWAYS, PURPOSES, type GatewayName, type Purpose } from '../../gateway-account';
import { IsInstant, MayBeMissing } from '../frame/body-fields';
import { ReasonBody } from '../frame/reason.dto';
import { IsAccountId, IsLine } from '../frame/text-fields';

const MAX_LABEL_LENGTH = 100;
const MAX_PER_MINUTE = 6_000;
const MAX_AT_ONCE = 64;
const FIELDS = { type: 'object', additionalProperties: { type: 'string' } } as const;

/** A whole number, or `null` for what the settings say. */
function IsPace(most: number): PropertyDecorator {
  const message = `a whole number from 1 to ${most}, or null`;
  const checks = [
    ValidateIf((_body, value) => value !== undefined && value !== null),
    IsInt({ message }),
    Min(1, { message }),
    Max(most, { message }),
  ];
  return (target, key) => checks.forEach((check) => check(target, key));
}

const pace = (most: number, description: string) => ({
  type: 'integer' as const,
  minimum: 1,
  maximum: most,
  nullable: true,
  description: `${description}; null: as the settings say`,
});

export class AccountIdParameter {
  @ApiProperty({ example: 'tstore-kids' })
  @IsAccountId()
  id!: string;
}

class PaceBody {
  @ApiPropertyOptional(pace(MAX_PER_MINUTE, 'Lookups a minute, of all replicas together'))
  @IsPace(MAX_PER_MINUTE)
  lookupsPerMinute?: number | null;

  @ApiPropertyOptional(pace(MAX_PER_MINUTE, 'Refunds a minute, of all replicas together'))
  @IsPace(MAX_PER_MINUTE)
  refundsPerMinute?: number | null;

  @ApiPropertyOptional(pace(MAX_AT_ONCE, 'Jobs and refunds of it that each step of each process works on at once'))
  @IsPace(MAX_AT_ONCE)
  atOnce?: number | null;
}

export class NewGatewayAccountBody extends PaceBody {
  @ApiProperty({ example: 'tstore-kids', description: 'Short and for ever the same: products and uploads name it' })
  @IsAccountId()
  id!: string;

  @ApiProperty({ enum: ACCOUNT_GATEWAYS })
  @IsIn(ACCOUNT_GATEWAYS, { message: `one of ${ACCOUNT_GATEWAYS.join(', ')}` })
  gateway!: GatewayName;

  @ApiProperty({ maxLength: MAX_LABEL_LENGTH, example: 'T store, children’s brand' })
  @IsLine(MAX_LABEL_LENGTH)
  label!: string;

  @ApiPropertyOptional({
    enum: DEPLOYMENTS,
    description: 'Left out: the deployment’s; of another one it is not used here',
  })
  @MayBeMissing()
  @IsIn(DEPLOYMENTS, { message: `one of ${DEPLOYMENTS.join(', ')}` })
  environment?: Deployment;

  @ApiPropertyOptional({ enum: PURPOSES, default: 'any', description: 'What it may collect' })
  @MayBeMissing()
  @IsIn(PURPOSES, { message: `one of ${PURPOSES.join(', ')}` })
  purpose?: Purpose;

  @ApiProperty({
    ...FIELDS,
    example: { bid: 'kids', mid: 'kidscorp' },
    description: 'What the gateway calls the merchant',
  })
  @IsObject({ message: 'an object of the gateway’s ids' })
  identifiers!: Record<string, string>;

  @ApiProperty({
    ...FIELDS,
    writeOnly: true,
    example: { clientId: '…', clientSecret: '…' },
    description: 'Its secrets: stored encrypted, and never shown again',
  })
  @IsObject({ message: 'an object of the account’s secrets' })
  credentials!: Record<string, string>;
}

export class GatewayAccountChangeBody extends PaceBody {
  @ApiPropertyOptional({ maxLength: MAX_LABEL_LENGTH })
  @MayBeMissing()
  @IsLine(MAX_LABEL_LENGTH)
  label?: string;

  @ApiPropertyOptional({ enum: PURPOSES })
  @MayBeMissing()
  @IsIn(PURPOSES, { message: `one of ${PURPOSES.join(', ')}` })
  purpose?: Purpose;

  @ApiPropertyOptional({
    ...FIELDS,
    description: 'Those that are stated; jobs that are made keep what they were made with',
  })
  @MayBeMissing()
  @IsObject({ message: 'an object of the gateway’s ids' })
  identifiers?: Record<string, string>;
}

export class RotationBody extends ReasonBody {
  @ApiProperty({
    ...FIELDS,
    writeOnly: true,
    example: { clientSecret: '…' },
    description: 'The new secrets, one or more: stored encrypted, and never shown again',
  })
  @IsObject({ message: 'an object of the account’s secrets' })
  credentials!: Record<string, string>;

  @ApiPropertyOptional({
    type: String,
    format: 'date-time',
    description:
      'Until when the old ones are used beside the new; left out: a day from now. Past: they are used no more',
  })
  @MayBeMissing()
  @IsInstant()
  oldValidUntil?: string;
}
