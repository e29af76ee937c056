import { Injectable, type CallHandler, type ExecutionContext, type NestInterceptor } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { defer, lastValueFrom, type Observable } from 'rxjs';
import { onReadConnections } from '../../platform/database';
import { SCOPE, isChanging, type ScopeName } from '../access';

/** Lets calls that change nothing use the connections kept for them, and leaves the others to decisions. */
@Injectable()
export class ReadsInterceptor implements NestInterceptor {
  constructor(private readonly reflector: Reflector) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const scope = this.reflector.get<ScopeName>(SCOPE, context.getHandler());
    if (isChanging(scope)) return next.handle();
    return defer(() => onReadConnections(() => lastValueFrom(next.handle(), { defaultValue: undefined })));
  }
}
