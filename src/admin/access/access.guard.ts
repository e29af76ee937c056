import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { FastifyRequest } from 'fastify';
import { DomainError } from '../../kernel/errors';
import { onConnectionsFor } from '../../platform/database';
import { clientAddress, nameInLog } from '../../platform/http-server';
import { Authentication } from './authentication.service';
import { rememberCaller } from './caller';
import { RateLimits } from './rate-limits';
import { purposeOf, type Scope } from './roles';
import { SCOPE } from './scope.decorator';

/** Lets a request in whose key is valid, has not asked too often, and is allowed what the endpoint names. */
@Injectable()
export class AccessGuard implements CanActivate {
  constructor(
    private readonly authentication: Authentication,
    private readonly limits: RateLimits,
    private readonly reflector: Reflector,
  ) {}

  /** @throws {DomainError} as {@link Authentication.authenticate}; `rate-limited`; `scope-missing`, which names the scope */
  async canActivate(context: ExecutionContext): Promise<boolean> {
    const scope = this.reflector.get<Scope | undefined>(SCOPE, context.getHandler());
    if (scope === undefined) throw new DomainError('internal-error', 'an endpoint names no scope');
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    await onConnectionsFor(purposeOf(scope), () => this.letIn(request, scope));
    return true;
  }

  private async letIn(request: FastifyRequest, scope: Scope): Promise<void> {
    const caller = await this.authentication.authenticate(request.headers.authorization, clientAddress(request));
    // Before anything is refused, so that the log names the key of what it may not do either.
    rememberCaller(request, caller);
    nameInLog(request, { keyId: caller.keyId ?? 'bootstrap', owner: caller.owner });
    await this.limits.countRequest(caller.keyId ?? 'bootstrap');
    if (!caller.scopes.has(scope)) {
      throw new DomainError('scope-missing', `This key (role ${caller.role}) has no ${scope}.`, { scope });
    }
  }
}
