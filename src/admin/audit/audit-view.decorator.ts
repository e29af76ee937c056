import { SetMetadata } from '@nestjs/common';

export const AUDIT_VIEW = 'admin:audit-view';

/**
 * Marks the method of a controller that shows its resource as the audit log shall keep it, before and after each change:
 * without secrets, and without what only grows, such as a history. It takes the parameters of the route, or none where there
 * is one such thing only. One for each resource; the audit itself is automatic.
 */
export const AuditView = (): MethodDecorator => SetMetadata(AUDIT_VIEW, true);

export const ANSWER_NOT_KEPT = 'admin:answer-not-kept';

/** Of a call that shows a secret: the log keeps that it was made, by whom and of what, and nothing of the answer. */
export const AnswerNotKept = (): MethodDecorator => SetMetadata(ANSWER_NOT_KEPT, true);
