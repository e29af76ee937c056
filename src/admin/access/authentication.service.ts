import { Injectable } from '@nestjs/common';
import { BOOTSTRAP_OWNER } from '../../approval';
import { AdminConfig, ApprovalConfig, DeploymentConfig } from '../../config';
import { DomainError } from '../../kernel/errors';
import { Clock, secondsAfter } from '../../platform/clock';
import { constantTimeEquals } from '../../platform/crypto';
import { senderOf } from '../../platform/http-server';
import type { ApiKey } from './api-key';
import { ApiKeyRepository } from './api-key.repository';
import { BOOTSTRAP_ACTOR, actorOf, type Caller } from './caller';
import { KeyLookup } from './key-lookup';
import { readToken, type KeyToken } from './key-token';
import { RateLimits } from './rate-limits';
import { scopesOf, scopesToGive, type Scope } from './roles';

const BEARER = /^bearer +(\S+) *$/i;

/** Every request would write otherwise. */
const USE_NOTED_EVERY_SECONDS = 60;

const UNKNOWN_KEY = 'Send a valid key as Authorization: Bearer <key>.';

/** Tells from the `Authorization` header who is calling. */
@Injectable()
export class Authentication {
  private readonly bootstrap: Caller;

  constructor(
    private readonly keys: ApiKeyRepository,
    private readonly lookup: KeyLookup,
    private readonly limits: RateLimits,
    private readonly admin: AdminConfig,
    private readonly deployment: DeploymentConfig,
    private readonly clock: Clock,
    { byBootstrapKey }: ApprovalConfig,
  ) {
    const approving: Scope[] = byBootstrapKey ? ['approvals:decide'] : [];
    this.bootstrap = {
      keyId: null,
      role: 'admin',
      scopes: new Set([...scopesOf('admin', null), ...approving]),
      gives: scopesToGive('admin', null),
      expiresAt: null,
      owner: BOOTSTRAP_OWNER,
      actor: BOOTSTRAP_ACTOR,
    };
  }

  /**
   * @throws {DomainError} `api-key-required`, the same for a missing and for a wrong key; `api-key-expired` and
   *   `api-key-revoked`, which only the holder of the secret learns; `rate-limited` instead of
   *   `api-key-required` after too many of those. A right key is never refused for what others did.
   */
  async authenticate(authorization: string | undefined, address: string): Promise<Caller> {
    const text = BEARER.exec(authorization ?? '')?.[1];
    if (text === undefined) throw new DomainError('api-key-required', UNKNOWN_KEY);
    const token = readToken(this.deployment.environment, text);
    try {
      return token === undefined ? this.asBootstrap(text) : await this.asHolder(token, address);
    } catch (error) {
      if (error instanceof DomainError) await this.limits.countFailure(sourcesOf(error, token, address));
      throw error;
    }
  }

  private asBootstrap(text: string): Caller {
    const { bootstrapKey } = this.admin;
    if (bootstrapKey !== undefined && constantTimeEquals(text, bootstrapKey)) return this.bootstrap;
    throw new DomainError('api-key-required', UNKNOWN_KEY);
  }

  private async asHolder(token: KeyToken, address: string): Promise<Caller> {
    const key = await this.lookup.find(token, await this.limits.isSuspect(senderOf(address)));
    if (key === undefined) throw new DomainError('api-key-required', UNKNOWN_KEY);
    const now = this.clock.now();
    if (key.revokedAt !== null) throw new DomainError('api-key-revoked', 'This key was revoked; ask for another one.');
    if (key.expiresAt !== null && key.expiresAt <= now) {
      throw new DomainError('api-key-expired', 'This key has expired; ask for another one.');
    }
    await this.noteUse(key, address, now);
    const { id: keyId, role, owner, expiresAt } = key;
    const may = { scopes: scopesOf(role, key.scopes), gives: scopesToGive(role, key.scopes) };
    return { keyId, role, ...may, expiresAt, owner, actor: actorOf(key) };
  }

  private async noteUse({ id, lastUsedAt }: ApiKey, address: string, at: Date): Promise<void> {
    const notedBefore = secondsAfter(at, -USE_NOTED_EVERY_SECONDS);
    if (lastUsedAt === null || lastUsedAt <= notedBefore) await this.keys.noteUse(id, { at, address, notedBefore });
  }
}

/** Who has a key that has ended is no guesser, and spoils nothing for others at the same address. */
function sourcesOf(error: DomainError, token: KeyToken | undefined, address: string): string[] {
  const ofKey = token === undefined ? [] : [`key ${token.id}`];
  return error.code === 'api-key-required' ? [senderOf(address), ...ofKey] : ofKey;
}
