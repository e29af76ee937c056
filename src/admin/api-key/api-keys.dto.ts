import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { ArrayNotEmpty, ArrayUnique, IsArray, IsIn, IsOptional, IsString, Length, Matches } from 'class-validator';
import { normalizeOwner } from '../../approval';
import { ALL_SCOPES, ROLES, type Role } from '../access';
import { IsId, IsInstant, MayBeMissing } from '../frame/body-fields';
import { PageQuery } from '../frame/page';
import { IsIdentifier } from '../frame/text-fields';

const OWNER = { message: 'an e-mail address or staff id: letters, digits and . _ + - @' };
const asStored = ({ value }: { value: unknown }): unknown =>
  typeof value === 'string' ? normalizeOwner(value) : value;

export class NewApiKeyBody {
  @ApiProperty({ maxLength: 100, description: 'Who or what uses it; histories and the audit log show it' })
  @IsIdentifier(100)
  name!: string;

  @ApiProperty({
    example: 'kim@example.com',
    maxLength: 100,
    description:
      'Whose it is: the person’s e-mail address or staff id, the same for all their keys. Capitals, a +tag and dots ' +
      'behind don’t count. What a second person must do, no other key of the same owner can',
  })
  @IsString(OWNER)
  @Length(1, 100, OWNER)
  owner!: string;

  @ApiProperty({ enum: ROLES })
  @IsIn(ROLES, { message: `one of ${ROLES.join(', ')}` })
  role!: Role;

  @ApiPropertyOptional({
    enum: ALL_SCOPES,
    isArray: true,
    description: 'Only these of the role’s; left out: all of them',
  })
  @MayBeMissing()
  @IsArray({ message: 'a list of scopes' })
  @ArrayNotEmpty({ message: 'at least one scope' })
  @ArrayUnique({ message: 'each scope once' })
  @IsIn(ALL_SCOPES, { each: true, message: `each one of ${ALL_SCOPES.join(', ')}` })
  scopes?: string[];

  @ApiPropertyOptional({
    type: String,
    format: 'date-time',
    description: 'When it ends by itself, at the latest when the key it is made with does; left out: never',
  })
  @MayBeMissing()
  @IsInstant()
  expiresAt?: string;
}

export class ApiKeyListQuery extends PageQuery {
  @ApiPropertyOptional({ example: 'kim@example.com', description: 'All keys of one owner' })
  @IsOptional()
  @Transform(asStored)
  @Matches(/^[a-z0-9._@-]{1,100}$/, OWNER)
  owner?: string;

  @ApiPropertyOptional({ description: 'All keys made with this one' })
  @IsOptional()
  @IsId('the id of a key')
  createdByKeyId?: string;
}
