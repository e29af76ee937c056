import {
  Injectable,
  applyDecorators,
  createParamDecorator,
  type CallHandler,
  type ExecutionContext,
  type NestInterceptor,
} from '@nestjs/common';
import { ApiHeader } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { map, type Observable } from 'rxjs';
import { DomainError } from '../kernel/errors';

const ETAG = /^"(\d{1,20})"$/;

/** Gives what has a `version` the same as its `ETag`. */
@Injectable()
export class EtagInterceptor implements NestInterceptor {
  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const reply = context.switchToHttp().getResponse<FastifyReply>();
    return next.handle().pipe(
      map((answer: unknown) => {
        const version =
          typeof answer === 'object' && answer !== null && 'version' in answer ? answer.version : undefined;
        if (typeof version === 'string') reply.header('etag', `"${version}"`);
        return answer;
      }),
    );
  }
}

/** The version the caller has seen and changes, from `If-Match`; `undefined` when any will do. */
export const IfMatch = createParamDecorator((_: unknown, context: ExecutionContext): string | undefined => {
  const given = context.switchToHttp().getRequest<FastifyRequest>().headers['if-match'];
  if (given === undefined || given.trim() === '*') return undefined;
  const version = ETAG.exec(given.trim())?.[1];
  if (version !== undefined) return version;
  throw new DomainError('invalid-request', 'If-Match can’t be used', {
    faults: [{ field: 'If-Match', expected: 'the ETag of what is to be changed, such as "1234", or *' }],
  });
});

/** Says in the OpenAPI document that an endpoint heeds `If-Match`. */
export function TakesIfMatch(): MethodDecorator {
  return applyDecorators(
    ApiHeader({
      name: 'If-Match',
      required: false,
      description: 'ETag of what was read; 412 when somebody changed it since',
    }),
  );
}
