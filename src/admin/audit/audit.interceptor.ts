import { Injectable, type CallHandler, type ExecutionContext, type NestInterceptor } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { defer, lastValueFrom, type Observable } from 'rxjs';
import { Clock } from '../../platform/clock';
import { asDomainError, clientAddress, problemOf } from '../../platform/http-server';
import { Logger } from '../../platform/logging';
import { SCOPE, callerOf, isChanging, type ScopeName } from '../access';
import { operationIdOf, resourceOf } from '../frame/admin-route';
import { AuditLogRepository, type AuditEntry, type AuditOutcome } from './audit-log.repository';
import { ANSWER_NOT_KEPT } from './audit-view.decorator';
import { AuditViews, kept } from './audit-views';

/**
 * Writes every changing call into the audit log: that it begins, before anything is changed, and how it ended. A call that
 * can't be written down does not happen. docs/decisions/0010-audit-log.md says why it is not one transaction.
 */
@Injectable()
export class AuditInterceptor implements NestInterceptor {
  constructor(
    private readonly log: AuditLogRepository,
    private readonly views: AuditViews,
    private readonly reflector: Reflector,
    private readonly clock: Clock,
    private readonly logger: Logger,
  ) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const scope = this.reflector.get<ScopeName>(SCOPE, context.getHandler());
    return isChanging(scope) ? defer(() => this.audited(context, next)) : next.handle();
  }

  private async audited(context: ExecutionContext, next: CallHandler): Promise<unknown> {
    const http = context.switchToHttp();
    const request = http.getRequest<FastifyRequest>();
    const resource = resourceOf(context.getClass()) ?? '';
    const parameters = request.params as Record<string, string>;
    const entry = await this.entryOf(context, request, resource, parameters);
    const entryId = await this.log.begin(entry);
    const end = (outcome: Omit<AuditOutcome, 'at'>): Promise<void> => this.end(entryId, outcome);
    try {
      const answer: unknown = await lastValueFrom(next.handle(), { defaultValue: null });
      const madeId = entry.resourceId === null ? idOf(answer) : null;
      // What a call makes may be shown with a secret this once, such as a key; its view never is.
      const made = madeId === null ? null : await this.views.look(resource, { id: madeId });
      const after = made ?? (this.isKept(context) ? kept(answer) : null);
      const { statusCode: status } = http.getResponse<FastifyReply>();
      await end({ status, code: null, resourceId: madeId, after });
      return answer;
    } catch (thrown) {
      const { status, code } = problemOf(asDomainError(thrown), request.id);
      await end({ status, code, resourceId: null, after: null });
      throw thrown;
    }
  }

  private isKept(context: ExecutionContext): boolean {
    return this.reflector.get<boolean>(ANSWER_NOT_KEPT, context.getHandler()) !== true;
  }

  private async entryOf(
    context: ExecutionContext,
    request: FastifyRequest,
    resource: string,
    parameters: Record<string, string>,
  ): Promise<AuditEntry> {
    const { keyId, owner, actor } = callerOf(request);
    return {
      at: this.clock.now(),
      actor,
      apiKeyId: keyId,
      owner,
      operation: operationIdOf(context.getClass().name, context.getHandler().name),
      resource,
      resourceId: idIn(Object.values(parameters)[0]),
      reason: reasonOf(request.body),
      before: await this.views.look(resource, parameters),
      requestId: request.id,
      address: clientAddress(request),
    };
  }

  /** The change has happened or not by now; that its outcome could not be noted must not change the answer. */
  private async end(entryId: string, outcome: Omit<AuditOutcome, 'at'>): Promise<void> {
    try {
      await this.log.end(entryId, { ...outcome, at: this.clock.now() });
    } catch (error) {
      this.logger.error('outcome of an audited call not noted', { entryId, status: outcome.status, error });
    }
  }
}

/** Ids are short and printable; whatever else stands in an address, the call will refuse. */
function idIn(value: unknown): string | null {
  return typeof value === 'string' && /^[\x21-\x7e]{1,200}$/.test(value) ? value : null;
}

/** Of what a call has made. */
function idOf(answer: unknown): string | null {
  return typeof answer === 'object' && answer !== null && 'id' in answer ? idIn(answer.id) : null;
}

const MAX_REASON_LENGTH = 500;

function reasonOf(body: unknown): string | null {
  if (typeof body !== 'object' || body === null || !('reason' in body) || typeof body.reason !== 'string') return null;
  // PostgreSQL keeps no NUL; a reason with one is refused, and kept readable here.
  return body.reason.slice(0, MAX_REASON_LENGTH).replaceAll('\0', '�');
}
