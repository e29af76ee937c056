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

/** A row of `api_key` as it is stored: with the hash of its secret, and our proof that it is as we wrote it. */
export type StoredApiKey = ApiKey & { secretSha256: Buffer; mac: Buffer | null; macKeyId: string | null };
