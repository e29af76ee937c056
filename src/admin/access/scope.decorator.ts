import { SetMetadata, applyDecorators } from '@nestjs/common';
import { ApiExtension } from '@nestjs/swagger';
import type { Scope as ScopeName } from './roles';

export const SCOPE = 'admin:scope';

/** What a key must be allowed to call this endpoint. Every endpoint names one; without it the service does not start. */
export function Scope(scope: ScopeName): MethodDecorator {
  return applyDecorators(SetMetadata(SCOPE, scope), ApiExtension('x-scope', scope));
}
