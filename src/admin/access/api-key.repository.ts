import { Injectable } from '@nestjs/common';
import { Database, type SqlSession } from '../../platform/database';
import type { ApiKey, NewApiKey, StoredApiKey } from './api-key';
import { KeySignature } from './key-signature';

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
const STORED_COLUMNS = `${COLUMNS}, secret_sha256 AS "secretSha256", mac, mac_key_id AS "macKeyId"`;

@Injectable()
export class ApiKeyRepository {
  constructor(
    private readonly database: Database,
    private readonly signature: KeySignature,
  ) {}

  async create(key: NewApiKey, secretSha256: Buffer): Promise<ApiKey> {
    return this.database.transaction(async (session) => {
      const [{ id } = { id: '' }] = await session.rows<{ id: string }>(
        `INSERT INTO api_key (name, owner, stated_owner, role, scopes, secret_sha256, created_by, created_by_key_id, created_at,
           expires_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) RETURNING id`,
        [
          ...[key.name, key.owner, key.statedOwner, key.role, key.scopes, secretSha256],
          ...[key.createdBy, key.createdByKeyId, key.createdAt, key.expiresAt],
        ],
      );
      const unused = { lastUsedAt: null, lastUsedAddress: null };
      const created = { ...key, ...unused, id, revokedAt: null, revokedBy: null, revocationReason: null };
      // Signed is what was ordered, not what became of it in the database.
      await this.sign(session, { ...created, secretSha256 });
      return created;
    });
  }

  /** @returns 1, or 0 when there is no such row */
  async sign(session: SqlSession, key: ApiKey & { secretSha256: Buffer }): Promise<number> {
    const { keyId, mac } = this.signature.of(key);
    return session.execute('UPDATE api_key SET mac = $2, mac_key_id = $3 WHERE id = $1', [key.id, mac, keyId]);
  }

  /** Every key, locked until the end of the transaction. */
  stored(session: SqlSession): Promise<StoredApiKey[]> {
    return session.rows(`SELECT ${STORED_COLUMNS} FROM api_key ORDER BY id FOR UPDATE`);
  }

  async find(id: string): Promise<ApiKey | undefined> {
    const [key] = await this.database.rows<ApiKey>(`SELECT ${COLUMNS} FROM api_key WHERE id = $1`, [id]);
    return key;
  }

  /** With the secret's hash and our signature, for whoever compares. */
  async findStored(id: string): Promise<StoredApiKey | undefined> {
    const [key] = await this.database.rows<StoredApiKey>(`SELECT ${STORED_COLUMNS} FROM api_key WHERE id = $1`, [id]);
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

  /** Unless it is already. What is not genuine is ended as well, and does not become so by it. */
  async revoke(id: string, { at, actor, reason }: { at: Date; actor: string; reason: string }): Promise<void> {
    await this.database.transaction(async (session) => {
      const [key] = await session.rows<StoredApiKey>(
        `SELECT ${STORED_COLUMNS} FROM api_key WHERE id = $1 AND revoked_at IS NULL FOR UPDATE`,
        [id],
      );
      if (key === undefined) return;
      await session.execute(
        'UPDATE api_key SET revoked_at = $2, revoked_by = $3, revocation_reason = $4 WHERE id = $1',
        [id, at, actor, reason],
      );
      if (!this.signature.isGenuine(key)) return;
      await this.sign(session, { ...key, revokedAt: at, revokedBy: actor, revocationReason: reason });
    });
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
