import { Injectable, type CallHandler, type ExecutionContext, type NestInterceptor } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { defer, lastValueFrom, type Observable } from 'rxjs';
import { onConnectionsFor } from '../../platform/database';
import { purposeOf, type Scope } from './roles';
import { SCOPE } from './scope.decorator';

/** Answers each call on the connections kept for what it asks, as the guard looked up its key. */
@Injectable()
export class ConnectionsInterceptor implements NestInterceptor {
  constructor(private readonly reflector: Reflector) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const purpose = purposeOf(this.reflector.get<Scope>(SCOPE, context.getHandler()));
    return defer(() => onConnectionsFor(purpose, () => lastValueFrom(next.handle(), { defaultValue: undefined })));
  }
}
