import { Injectable } from '@nestjs/common';
import { AuditLogRepository, type AuditFilter, type AuditRecord } from './audit-log.repository';

/** Who changed what over the admin API, from what to what, and why. */
@Injectable()
export class AuditLog {
  constructor(private readonly log: AuditLogRepository) {}

  /** Newest first. */
  list(filter: AuditFilter, page: { beforeId: string | undefined; limit: number }): Promise<AuditRecord[]> {
    return this.log.list(filter, page);
  }
}
