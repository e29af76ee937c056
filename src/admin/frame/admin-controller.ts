import { Controller, UseGuards, UseInterceptors, applyDecorators } from '@nestjs/common';
import { ApiBearerAuth, ApiTags } from '@nestjs/swagger';
import { AccessGuard, ConnectionsInterceptor } from '../access';
import { Resource } from './admin-route';
import { AuditInterceptor } from '../audit';
import { IdempotencyInterceptor } from '../idempotency';
import { EtagInterceptor } from './versions';

/**
 * A controller under `/admin/v1`. Every admin controller is declared with it, so that none can be left open by forgetting
 * the guard, and none forgets the audit log or Idempotency-Key. Each of its endpoints names its `@Scope`.
 */
export function AdminController(resource: string): ClassDecorator {
  return applyDecorators(
    Controller(`admin/v1/${resource}`),
    Resource(resource),
    UseGuards(AccessGuard),
    // A replayed answer changes nothing, so it is not audited again.
    UseInterceptors(ConnectionsInterceptor, EtagInterceptor, IdempotencyInterceptor, AuditInterceptor),
    ApiBearerAuth(),
    ApiTags(resource),
  );
}
