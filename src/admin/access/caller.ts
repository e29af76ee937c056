import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { DomainError } from '../../kernel/errors';
import type { Person } from '../../approval';
import type { Role, Scope } from './roles';

/** Who is calling, as the key says: a person or program, by one of their keys. */
export interface Caller extends Person {
  role: Role;
  scopes: ReadonlySet<Scope>;
  /** What keys it makes may be allowed. */
  gives: ReadonlySet<Scope>;
  /** When the key ends by itself; `null`: never. */
  expiresAt: Date | null;
}

export const BOOTSTRAP_ACTOR = 'bootstrap key';

export function actorOf(key: { id: string; name: string }): string {
  return `${key.name} (key ${key.id})`;
}

const callers = new WeakMap<FastifyRequest, Caller>();

/** The guard says who is calling before anything else happens. */
export function rememberCaller(request: FastifyRequest, caller: Caller): void {
  callers.set(request, caller);
}

export function callerOf(request: FastifyRequest): Caller {
  const caller = callers.get(request);
  if (caller === undefined) throw new DomainError('internal-error', 'a request got past the guard without a caller');
  return caller;
}

/** The caller, as a parameter of an endpoint. */
export const CurrentCaller = createParamDecorator((_: unknown, context: ExecutionContext) =>
  callerOf(context.switchToHttp().getRequest<FastifyRequest>()),
);

/** The caller's name for histories, as a parameter of an endpoint. */
export const Actor = createParamDecorator(
  (_: unknown, context: ExecutionContext) => callerOf(context.switchToHttp().getRequest<FastifyRequest>()).actor,
);
