import { Controller, UseGuards, applyDecorators } from '@nestjs/common';
import { ApiBearerAuth, ApiTags } from '@nestjs/swagger';
import { ApiKeyGuard } from './api-key.guard';

/**
 * A controller under `/admin/v1` behind the API key. Every admin controller is declared with it, so that none can be
 * left open by forgetting a guard.
 */
export function AdminController(resource: string): ClassDecorator {
  return applyDecorators(
    Controller(`admin/v1/${resource}`),
    UseGuards(ApiKeyGuard),
    ApiBearerAuth(),
    ApiTags(resource),
  );
}
