import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { AdminConfig } from '../config';
import { DomainError } from '../kernel/errors';
import { constantTimeEquals } from '../platform/crypto';

const BEARER = /^bearer +(\S+) *$/i;

/** Lets only those in who send `Authorization: Bearer <ADMIN_BOOTSTRAP_KEY>`. */
@Injectable()
export class ApiKeyGuard implements CanActivate {
  constructor(private readonly config: AdminConfig) {}

  /** @throws {DomainError} `api-key-required`, the same for a missing and for a wrong key */
  canActivate(context: ExecutionContext): boolean {
    const { authorization } = context.switchToHttp().getRequest<FastifyRequest>().headers;
    const given = BEARER.exec(authorization ?? '')?.[1] ?? '';
    const { bootstrapKey } = this.config;
    if (bootstrapKey !== undefined && constantTimeEquals(given, bootstrapKey)) return true;
    throw new DomainError('api-key-required', 'Send a valid key as Authorization: Bearer <key>.');
  }
}
