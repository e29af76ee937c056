import { Injectable } from '@nestjs/common';
import { Database } from '../../platform/database';
import type { Role } from './roles';

/** A key as everyone may see it; its secret's hash stays in the database. */
export interface ApiKey {
  id: string;
  name: string;
  /** Whose it is: a person, or the team that answers for a program; as `normalizeOwner` writes it. */
  owner: string;
  /** As it was stated, where that differs. */
  statedOwner: string | null;
  role: Role;
  /** Narrows the role; `null`: everything the role may do. */
  scopes: string[] | null;
  createdBy: string;
  /** The key it was made with; `null`: the bootstrap key. */
  createdByKeyId: string | null;
  createdAt: Date;
  /** `null`: never. */
  expiresAt: Date | null;
  /** To the minute. */
  lastUsedAt: Date | null;
  lastUsedAddress: string | null;
  revokedAt: Date | null;
  revokedBy: string | null;
  revocationReason: string | null;
}

export type NewApiKey = Pick<
  ApiKey,
  'name' | 'owner' | 'statedOwner' | 'role' | 'scopes' | 'createdBy' | 'createdByKeyId' | 'createdAt' | 'expiresAt'
>;

/** Which keys to list: newest first, `beforeId` exclusive. */
export interface ApiKeyPage {
  owner?: string | undefined;
  createdByKeyId?: string | undefined;
  beforeId: string | undefined;
  limit: number;
}

const COLUMNS = `id, name, owner, stated_owner AS "statedOwner", role, scopes, created_by AS "createdBy",
  created_by_key_id AS "createdByKeyId", created_at AS "createdAt", expires_at AS "expiresAt",
  last_used_at AS "lastUsedAt", last_used_address AS "lastUsedAddress", revoked_at AS "revokedAt",
  revoked_by AS "revokedBy", revocation_reason AS "revocationReason"`;

@Injectable()
export class ApiKeyRepository {
  constructor(private readonly database: Database) {}

  async create(key: NewApiKey, secretSha256: Buffer): Promise<ApiKey> {
    const [created] = await this.database.rows<ApiKey>(
      `INSERT INTO api_key (name, owner, stated_owner, role, scopes, secret_sha256, created_by, created_by_key_id, created_at,
         expires_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) RETURNING ${COLUMNS}`,
      [
        ...[key.name, key.owner, key.statedOwner, key.role, key.scopes, secretSha256],
        ...[key.createdBy, key.createdByKeyId, key.createdAt, key.expiresAt],
      ],
    );
    return created as ApiKey;
  }

  async find(id: string): Promise<ApiKey | undefined> {
    const [key] = await this.database.rows<ApiKey>(`SELECT ${COLUMNS} FROM api_key WHERE id = $1`, [id]);
    return key;
  }

  /** With the secret's hash, for whoever compares. */
  async findWithSecret(id: string): Promise<(ApiKey & { secretSha256: Buffer }) | undefined> {
    const [key] = await this.database.rows<ApiKey & { secretSha256: Buffer }>(
      `SELECT ${COLUMNS}, secret_sha256 AS "secretSha256" FROM api_key WHERE id = $1`,
      [id],
    );
    return key;
  }

  /** Newest first. */
  list(page: ApiKeyPage): Promise<ApiKey[]> {
    return this.database.rows(
      `SELECT ${COLUMNS} FROM api_key WHERE ($1::bigint IS NULL OR id < $1) AND ($2::text IS NULL OR owner = $2)
         AND ($3::bigint IS NULL OR created_by_key_id = $3)
       ORDER BY id DESC LIMIT $4`,
      [page.beforeId ?? null, page.owner ?? null, page.createdByKeyId ?? null, page.limit],
    );
  }

  /** @returns whether it was not revoked before */
  async revoke(id: string, revocation: { at: Date; actor: string; reason: string }): Promise<boolean> {
    const changed = await this.database.execute(
      `UPDATE api_key SET revoked_at = $2, revoked_by = $3, revocation_reason = $4 WHERE id = $1 AND revoked_at IS NULL`,
      [id, revocation.at, revocation.actor, revocation.reason],
    );
    return changed === 1;
  }

  /** Unless another request of these moments has noted it. */
  async noteUse(id: string, use: { at: Date; address: string; notedBefore: Date }): Promise<void> {
    await this.database.execute(
      `UPDATE api_key SET last_used_at = $2, last_used_address = $3
       WHERE id = $1 AND (last_used_at IS NULL OR last_used_at <= $4)`,
      [id, use.at, use.address, use.notedBefore],
    );
  }
}
