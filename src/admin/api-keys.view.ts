import { ApiProperty } from '@nestjs/swagger';
import { ROLES, scopesOf, type ApiKey, type Role } from './access';
import { FirstColumns } from './lists';

class RevocationView {
  @ApiProperty() at!: Date;
  @ApiProperty({ type: String, nullable: true }) by!: string | null;
  @ApiProperty({ type: String, nullable: true }) reason!: string | null;
}

class ApiKeyLinksView {
  @ApiProperty() self!: string;
  @ApiProperty({ description: 'What was changed with it' }) auditLog!: string;
}

@FirstColumns('createdAt', 'name', 'owner', 'role')
export class ApiKeyView {
  @ApiProperty() id!: string;
  @ApiProperty() name!: string;
  @ApiProperty({ description: 'Whose it is; unstated: made before keys had owners' }) owner!: string;
  @ApiProperty({ enum: ROLES }) role!: Role;
  @ApiProperty({ type: [String], description: 'All that it may do' }) scopes!: string[];
  @ApiProperty() createdBy!: string;
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
  @ApiProperty({ description: 'The key itself, to be sent as a bearer token; shown this once and nowhere stored' })
  token!: string;
}

export function apiKeyViewOf(key: ApiKey): ApiKeyView {
  const { id, name, owner, role, createdBy, createdAt, expiresAt, lastUsedAt, lastUsedAddress } = key;
  const { revokedAt, revokedBy, revocationReason } = key;
  const scopes = [...scopesOf(role, key.scopes)];
  const revocation = revokedAt === null ? null : { at: revokedAt, by: revokedBy, reason: revocationReason };
  return {
    ...{ id, name, owner, role, scopes, createdBy, createdAt, expiresAt, lastUsedAt, lastUsedAddress, revocation },
    actions: revokedAt === null ? ['revoke'] : [],
    links: { self: `/admin/v1/api-keys/${id}`, auditLog: `/admin/v1/audit-log?apiKeyId=${id}` },
  };
}
