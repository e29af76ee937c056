import { Injectable } from '@nestjs/common';
import { NOBODYS, normalizeOwner } from '../../approval';
import { DeploymentConfig } from '../../config';
import { DomainError } from '../../kernel/errors';
import { Clock } from '../../platform/clock';
import type { ApiKey } from './api-key';
import { ApiKeyRepository, type ApiKeyPage } from './api-key.repository';
import type { Caller } from './caller';
import { newSecret, sha256Of, writeToken } from './key-token';
import { scopesOf, type Role } from './roles';

export interface ApiKeyOrder {
  name: string;
  /** However it is written. */
  owner: string;
  role: Role;
  scopes: string[] | null;
  expiresAt: Date | null;
}

/** Owners as they are stored: what `normalizeOwner` leaves of an e-mail address or staff id. */
const OWNER = /^[a-z0-9][a-z0-9._-]{0,99}(@[a-z0-9][a-z0-9._-]{0,99})?$/;
const OWNER_EXPECTED = 'an e-mail address or staff id: letters, digits and . _ + - @';

/** Makes, shows and revokes keys. A key is never changed: another role is another key. */
@Injectable()
export class ApiKeys {
  constructor(
    private readonly keys: ApiKeyRepository,
    private readonly deployment: DeploymentConfig,
    private readonly clock: Clock,
  ) {}

  /**
   * @returns the key and, this once, its token
   * @throws {DomainError} `invalid-request`, also when it would outlive its maker; `scope-missing` when it would be allowed more
   *   than its maker may give
   */
  async create(order: ApiKeyOrder, maker: Caller): Promise<{ key: ApiKey; token: string }> {
    const now = this.clock.now();
    const scopes = scopesOf(order.role, order.scopes);
    const beyondRole = (order.scopes ?? []).filter((scope) => !(scopes as ReadonlySet<string>).has(scope));
    if (beyondRole.length > 0)
      throw invalid('scopes', `scopes of the role ${order.role}; not ${beyondRole.join(', ')}`);
    if (order.expiresAt !== null && order.expiresAt <= now) throw invalid('expiresAt', 'an instant to come');
    if (maker.expiresAt !== null && (order.expiresAt === null || order.expiresAt > maker.expiresAt)) {
      throw invalid(
        'expiresAt',
        `an instant not after ${maker.expiresAt.toISOString()}, when the key it is made with ends`,
      );
    }
    const owner = normalizeOwner(order.owner);
    if (!OWNER.test(owner) || owner.length > 100 || (NOBODYS as readonly string[]).includes(owner)) {
      throw invalid('owner', OWNER_EXPECTED);
    }
    const scope = [...scopes].find((one) => !maker.gives.has(one));
    if (scope !== undefined) {
      throw new DomainError('scope-missing', `Nobody can give what they lack: this key has no ${scope}.`, { scope });
    }
    const secret = newSecret();
    const whose = { owner, statedOwner: order.owner === owner ? null : order.owner };
    const made = { createdBy: maker.actor, createdByKeyId: maker.keyId, createdAt: now };
    const key = await this.keys.create({ ...order, ...whose, ...made }, sha256Of(secret));
    return { key, token: writeToken(this.deployment.environment, key.id, secret) };
  }

  /** @throws {DomainError} `api-key-not-found` */
  async get(id: string): Promise<ApiKey> {
    const key = await this.keys.find(id);
    if (key === undefined) throw new DomainError('api-key-not-found', `There is no API key ${id}`);
    return key;
  }

  /** Newest first, revoked ones too. */
  list(page: ApiKeyPage): Promise<ApiKey[]> {
    return this.keys.list(page);
  }

  /** Ends a key at once, for ever; doing so again changes nothing. @throws {DomainError} `api-key-not-found` */
  async revoke(id: string, why: { actor: string; reason: string }): Promise<ApiKey> {
    await this.keys.revoke(id, { ...why, at: this.clock.now() });
    return this.get(id);
  }
}

function invalid(field: string, expected: string): DomainError {
  return new DomainError('invalid-request', 'The key can’t be made', { faults: [{ field, expected }] });
}
