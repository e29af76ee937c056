import { ApiProperty } from '@nestjs/swagger';
import { DEPLOYMENTS, type Deployment } from '../../config';
import {
  CREDENTIAL_VERDICTS,
  GATEWAY_NAMES,
  PURPOSES,
  type CredentialVerdict,
  type GatewayAccount,
  type GatewayAccountCheck,
  type GatewayAccountCredential,
  type GatewayAccountHistory,
  type GatewayName,
  type Purpose,
} from '../../gateway-account';
import { ChangeView, changesViewOf } from '../frame/history.view';
import { FirstColumns } from '../lists';

class GatewayAccountLinksView {
  @ApiProperty() self!: string;
  @ApiProperty() auditLog!: string;
}

/** That there is a secret, and since when; nothing of the secret. */
class CredentialView {
  @ApiProperty() name!: string;
  @ApiProperty({ type: 'integer', description: 'Counts the rotations of the account' }) rotation!: number;
  @ApiProperty() createdAt!: Date;
  @ApiProperty() createdBy!: string;
  @ApiProperty({ type: Date, nullable: true, description: 'When it is used no more; null: it is the newest' })
  validUntil!: Date | null;
}

@FirstColumns('id', 'label', 'gateway', 'environment', 'enabled')
export class GatewayAccountView {
  @ApiProperty({ description: 'Its id: products, uploads and charges name it' }) id!: string;
  @ApiProperty({ type: [String], description: 'What may be done with it now' }) actions!: string[];
  @ApiProperty({ type: GatewayAccountLinksView, description: 'Where its evidence is' }) links!: GatewayAccountLinksView;
  @ApiProperty({ enum: GATEWAY_NAMES, description: 'Who collects by it' }) gateway!: GatewayName;
  @ApiProperty({ description: 'What people call it' }) label!: string;
  @ApiProperty({ enum: DEPLOYMENTS, description: 'Where its money is real' }) environment!: Deployment;
  @ApiProperty({ enum: PURPOSES, description: 'What it may collect' }) purpose!: Purpose;
  @ApiProperty({
    type: 'object',
    additionalProperties: { type: 'string' },
    description: 'What the gateway calls the merchant, by its own words',
  })
  identifiers!: Record<string, string>;
  @ApiProperty({ type: 'integer', nullable: true, description: 'Lookups a minute; null: as the settings say' })
  lookupsPerMinute!: number | null;
  @ApiProperty({ type: 'integer', nullable: true, description: 'Refunds a minute; null: as the settings say' })
  refundsPerMinute!: number | null;
  @ApiProperty({
    type: 'integer',
    nullable: true,
    description: 'Jobs and refunds of it at once; null: as the settings say',
  })
  atOnce!: number | null;
  @ApiProperty({ description: 'false: submissions and refunds of it wait' }) enabled!: boolean;
  @ApiProperty({ type: String, nullable: true, description: 'Why nothing is begun by it here; null: it serves' })
  problem!: string | null;
  @ApiProperty({
    enum: CREDENTIAL_VERDICTS,
    nullable: true,
    description: 'What the gateway says of its newest secrets; null: nothing yet',
  })
  credentialsVerdict!: CredentialVerdict | null;
  @ApiProperty({ type: Date, nullable: true, description: 'When the gateway said that last' })
  credentialsCheckedAt!: Date | null;
  @ApiProperty({ type: String, nullable: true, description: 'What was seen then' })
  credentialsDetail!: string | null;
  @ApiProperty({ description: 'Whether settings of the service say who it is' }) fromSettings!: boolean;
  @ApiProperty({ type: Date, nullable: true, description: 'When it was made; null: settings make it' })
  createdAt!: Date | null;
  @ApiProperty({ type: Date, nullable: true, description: 'When it was changed last; null: never' })
  updatedAt!: Date | null;
  @ApiProperty({ description: 'Changes with it; also its ETag' }) version!: string;
}

/** A change, and why where somebody said so. */
class GatewayAccountChangeView extends ChangeView {
  @ApiProperty({ type: String, nullable: true }) reason!: string | null;
}

export class GatewayAccountDetailView extends GatewayAccountView {
  @ApiProperty({ type: [CredentialView], description: 'What secrets it has; empty where settings hold them' })
  credentials!: CredentialView[];
  @ApiProperty({ type: [GatewayAccountChangeView], description: 'Its changes, oldest first' })
  history!: GatewayAccountChangeView[];
}

export function gatewayAccountViewOf(
  account: GatewayAccount,
  problem: string | undefined,
  check: GatewayAccountCheck | undefined,
): GatewayAccountView {
  const { id, gateway, label, environment, purpose, identifiers, enabled, createdAt, updatedAt, version } = account;
  const { lookupsPerMinute, refundsPerMinute, atOnce } = account;
  const fromSettings = createdAt === null;
  return {
    id,
    actions: ['change', enabled ? 'disable' : 'enable', ...(fromSettings ? [] : ['rotate'])],
    links: { self: `/admin/v1/gateway-accounts/${id}`, auditLog: '/admin/v1/audit-log?resource=gateway-accounts' },
    ...{ gateway, label, environment, purpose, identifiers: { ...identifiers } },
    ...{ lookupsPerMinute, refundsPerMinute, atOnce, enabled },
    problem: problem === undefined ? null : `It ${problem}`,
    credentialsVerdict: check?.verdict ?? null,
    credentialsCheckedAt: check?.judgedAt ?? null,
    credentialsDetail: check?.detail ?? null,
    ...{ fromSettings, createdAt, updatedAt, version },
  };
}

export function credentialViewOf(credential: GatewayAccountCredential): CredentialView {
  const { name, version: rotation, createdAt, createdBy, validUntil } = credential;
  return { name, rotation, createdAt, createdBy, validUntil };
}

export function accountHistoryViewOf(entry: GatewayAccountHistory): GatewayAccountChangeView {
  const { at, cause, actor, reason, changes } = entry;
  return { at, cause, actor, reason, changes: changesViewOf(changes) };
}
