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
import { DomainError } from '../../kernel/errors';

/** Also as a proxy that compresses answers weakens it: the version is the same, whatever the bytes of the answer were. */
const ETAG = /^(?:W\/)?"(\d{1,20})"$/;

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

/**
 * The version the caller has seen and changes, from `If-Match`; `undefined` when any will do. Of several the newest counts:
 * versions grow, so the others are past. Should they ever not, the answer is a 412 and nobody's change is lost.
 */
export const IfMatch = createParamDecorator((_: unknown, context: ExecutionContext): string | undefined => {
  const given = context.switchToHttp().getRequest<FastifyRequest>().headers['if-match'];
  if (given === undefined || given.trim() === '*') return undefined;
  const versions = given.split(',').map((tag) => ETAG.exec(tag.trim())?.[1]);
  if (!versions.includes(undefined)) {
    return versions.reduce((one, other) => (BigInt(one ?? 0) > BigInt(other ?? 0) ? one : other));
  }
  throw new DomainError('invalid-request', 'If-Match can’t be used', {
    faults: [{ field: 'If-Match', expected: 'the ETag of what is to be changed, such as "1234", several, or *' }],
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
