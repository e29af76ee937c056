import { HttpCode, applyDecorators, type Type } from '@nestjs/common';
import { ApiAcceptedResponse, ApiOkResponse } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import type { Approval } from '../../approval';
import { ApprovalView, approvalViewOf } from '../approval/approvals.view';

/** An endpoint whose act may need a second person: 200 with what it did, or 202 with the approval that it waits for. */
export function MayAwaitApproval(view: Type): MethodDecorator {
  return applyDecorators(
    HttpCode(200),
    ApiOkResponse({ type: view, description: 'Done' }),
    ApiAcceptedResponse({ type: ApprovalView, description: 'Nothing is done before a second person approves it' }),
  );
}

/** Answers with what waits for a second person. */
export function awaiting(reply: FastifyReply, approval: Approval): ApprovalView {
  reply.status(202);
  return approvalViewOf(approval);
}
