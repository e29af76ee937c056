export { AuditInterceptor } from './audit.interceptor';
export { AuditLogRepository, type AuditFilter, type AuditRecord } from './audit-log.repository';
export { AuditLog } from './audit-log.service';
export { AuditView } from './audit-view.decorator';
export { AuditViews } from './audit-views';
