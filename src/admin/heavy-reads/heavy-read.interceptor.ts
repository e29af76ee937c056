import { Injectable, type CallHandler, type ExecutionContext, type NestInterceptor } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { defer, lastValueFrom, type Observable } from 'rxjs';
import { HeavyReads } from './heavy-reads';

/** For an endpoint that reads much to answer once. Lists as CSV see to it themselves, piece by piece. */
@Injectable()
export class HeavyReadInterceptor implements NestInterceptor {
  constructor(private readonly heavy: HeavyReads) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const http = context.switchToHttp();
    this.heavy.begin(http.getRequest<FastifyRequest>(), http.getResponse<FastifyReply>());
    return defer(() => this.heavy.piece(() => lastValueFrom(next.handle())));
  }
}
