import { ApiProperty } from '@nestjs/swagger';
import { ROLES, scopesOf, type ApiKey, type Role } from '../access';
import { FirstColumns } from '../lists';

class RevocationView {
  @ApiProperty() at!: Date;
  @ApiProperty({ type: String, nullable: true }) by!: string | null;
  @ApiProperty({ type: String, nullable: true }) reason!: string | null;
}

class ApiKeyLinksView {
  @ApiProperty() self!: string;
  @ApiProperty({ description: 'Keys that were made with it' }) madeWithIt!: string;
  @ApiProperty({ description: 'What was changed with it' }) auditLog!: string;
}

@FirstColumns('createdAt', 'name', 'owner', 'role')
export class ApiKeyView {
  @ApiProperty() id!: string;
  @ApiProperty() name!: string;
  @ApiProperty({ description: 'Whose it is; unstated: made before keys had owners' }) owner!: string;
  @ApiProperty({ type: String, nullable: true, description: 'The same as it was stated, where that differs' })
  statedOwner!: string | null;
  @ApiProperty({ enum: ROLES }) role!: Role;
  @ApiProperty({ type: [String], description: 'All that it may do' }) scopes!: string[];
  @ApiProperty() createdBy!: string;
  @ApiProperty({ type: String, nullable: true, description: 'The key it was made with; null: the bootstrap key' })
  createdByKeyId!: string | null;
  @ApiProperty() createdAt!: Date;
  @ApiProperty({ type: Date, nullable: true }) expiresAt!: Date | null;
  @ApiProperty({ type: Date, nullable: true, description: 'To the minute' }) lastUsedAt!: Date | null;
  @ApiProperty({ type: String, nullable: true }) lastUsedAddress!: string | null;
  @ApiProperty({ type: RevocationView, nullable: true, description: 'When, by whom and why it was ended' })
  revocation!: RevocationView | null;
  @ApiProperty({ type: [String], description: 'What may be done with it now' }) actions!: string[];
  @ApiProperty({ type: ApiKeyLinksView, description: 'Where its evidence is' }) links!: ApiKeyLinksView;
}

export class NewApiKeyView extends ApiKeyView {
  @ApiProperty({
    type: String,
    nullable: true,
    description:
      'The key itself, to be sent as a bearer token; shown this once and nowhere stored: null when the answer is given again under its Idempotency-Key',
  })
  token!: string | null;
}

export function apiKeyViewOf(key: ApiKey): ApiKeyView {
  const { id, name, owner, statedOwner, role, createdBy, createdByKeyId, createdAt, expiresAt } = key;
  const { lastUsedAt, lastUsedAddress } = key;
  const { revokedAt, revokedBy, revocationReason } = key;
  const scopes = [...scopesOf(role, key.scopes)];
  const revocation = revokedAt === null ? null : { at: revokedAt, by: revokedBy, reason: revocationReason };
  return {
    ...{ id, name, owner, statedOwner, role, scopes, createdBy, createdByKeyId, createdAt, expiresAt },
    ...{ lastUsedAt, lastUsedAddress, revocation },
    actions: revokedAt === null ? ['revoke'] : [],
    links: {
      self: `/admin/v1/api-keys/${id}`,
      madeWithIt: `/admin/v1/api-keys?createdByKeyId=${id}`,
      auditLog: `/admin/v1/audit-log?apiKeyId=${id}`,
    },
  };
}
