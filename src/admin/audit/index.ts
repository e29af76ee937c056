export { AuditInterceptor } from './audit.interceptor';
export { AuditLogRepository } from './audit-log.repository';
export { AuditLog } from './audit-log.service';
export { AnswerNotKept, AuditView } from './audit-view.decorator';
export { AuditViews } from './audit-views';
