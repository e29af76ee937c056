import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { createHash, timingSafeEqual } from 'node:crypto';
import { AdminConfig } from '../config';
import { DomainError } from '../kernel/errors';

const BEARER = /^bearer +(\S+) *$/i;

/** Lets only those in who send `Authorization: Bearer <ADMIN_BOOTSTRAP_KEY>`. */
@Injectable()
export class ApiKeyGuard implements CanActivate {
  private readonly expected: Buffer | undefined;

  constructor(config: AdminConfig) {
    this.expected = config.bootstrapKey === undefined ? undefined : digestOf(config.bootstrapKey);
  }

  /** @throws {DomainError} `api-key-required`, the same for a missing and for a wrong key */
  canActivate(context: ExecutionContext): boolean {
    const { authorization } = context.switchToHttp().getRequest<FastifyRequest>().headers;
    const given = BEARER.exec(authorization ?? '')?.[1] ?? '';
    // Digests are of one length, so the comparison takes one time whatever was sent.
    if (this.expected !== undefined && timingSafeEqual(digestOf(given), this.expected)) return true;
    throw new DomainError('api-key-required', 'Send a valid key as Authorization: Bearer <key>.');
  }
}

function digestOf(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
