import { Injectable } from '@nestjs/common';
import { Database } from '../../platform/database';

/** What is known before a changing call is let through. */
export interface AuditEntry {
  at: Date;
  actor: string;
  /** `null`: the bootstrap key. */
  apiKeyId: string | null;
  /** Whose key it was; `null` in entries of before keys had owners. */
  owner: string | null;
  /** As the operation is called in the OpenAPI document. */
  operation: string;
  resource: string;
  resourceId: string | null;
  reason: string | null;
  /** The resource's own view; `null` when the call makes it. */
  before: object | null;
  requestId: string;
  address: string;
}

export interface AuditOutcome {
  at: Date;
  /** Of the answer. */
  status: number;
  /** Of the problem, when it was refused or failed. */
  code: string | null;
  /** Where only the answer names it. */
  resourceId: string | null;
  after: object | null;
}

/** A call with its outcome; without one, the process ended in the middle, and the resource's own history tells the rest. */
export interface AuditRecord extends AuditEntry {
  id: string;
  outcome: Pick<AuditOutcome, 'at' | 'status' | 'code' | 'after'> | null;
}

export interface AuditFilter {
  actor?: string | undefined;
  apiKeyId?: string | undefined;
  owner?: string | undefined;
  operation?: string | undefined;
  resource?: string | undefined;
  resourceId?: string | undefined;
  requestId?: string | undefined;
  from?: string | undefined;
  until?: string | undefined;
}

const CONDITIONS: Record<keyof AuditFilter, (parameter: string) => string> = {
  actor: (parameter) => `entry.actor = ${parameter}`,
  apiKeyId: (parameter) => `entry.api_key_id = ${parameter}`,
  owner: (parameter) => `entry.owner = ${parameter}`,
  operation: (parameter) => `entry.operation = ${parameter}`,
  resource: (parameter) => `entry.resource = ${parameter}`,
  resourceId: (parameter) => `${parameter} IN (entry.resource_id, outcome.resource_id)`,
  requestId: (parameter) => `entry.request_id = ${parameter}`,
  from: (parameter) => `entry.at >= ${parameter}`,
  until: (parameter) => `entry.at < ${parameter}`,
};

interface Row extends Omit<AuditEntry, 'resourceId'> {
  id: string;
  resourceId: string | null;
  endedAt: Date | null;
  status: number | null;
  code: string | null;
  after: object | null;
}

/** Others' bytes stand in a view, such as a line of a result file; of all text, PostgreSQL's JSON can't hold a NUL alone. */
function jsonOf(view: object): string {
  return JSON.stringify(view, (_key, value: unknown) =>
    typeof value === 'string' ? value.replaceAll('\0', '\u2400') : value,
  );
}

/** The append-only log of changing calls. */
@Injectable()
export class AuditLogRepository {
  constructor(private readonly database: Database) {}

  /** @returns its id, once it is durable */
  async begin(entry: AuditEntry): Promise<string> {
    const [row] = await this.database.rows<{ id: string }>(
      `INSERT INTO audit_entry (at, actor, api_key_id, owner, operation, resource, resource_id, reason, before, request_id, address)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) RETURNING id`,
      [
        entry.at,
        entry.actor,
        entry.apiKeyId,
        entry.owner,
        entry.operation,
        entry.resource,
        entry.resourceId,
        entry.reason,
        entry.before === null ? null : jsonOf(entry.before),
        entry.requestId,
        entry.address,
      ],
    );
    return (row as { id: string }).id;
  }

  async end(entryId: string, outcome: AuditOutcome): Promise<void> {
    const { at, status, code, resourceId, after } = outcome;
    await this.database.execute(
      'INSERT INTO audit_outcome (entry_id, at, status, code, resource_id, after) VALUES ($1, $2, $3, $4, $5, $6)',
      [entryId, at, status, code, resourceId, after === null ? null : jsonOf(after)],
    );
  }

  /** Newest first. */
  async list(filter: AuditFilter, page: { beforeId: string | undefined; limit: number }): Promise<AuditRecord[]> {
    const parameters: unknown[] = [page.limit];
    const conditions = Object.entries(filter).flatMap(([name, value]) => {
      if (value === undefined) return [];
      return [CONDITIONS[name as keyof AuditFilter](`$${parameters.push(value)}`)];
    });
    if (page.beforeId !== undefined) conditions.push(`entry.id < $${parameters.push(page.beforeId)}`);
    const rows = await this.database.rows<Row>(
      `SELECT entry.id, entry.at, entry.actor, entry.api_key_id AS "apiKeyId", entry.owner, entry.operation, entry.resource,
         coalesce(entry.resource_id, outcome.resource_id) AS "resourceId", entry.reason, entry.before,
         entry.request_id AS "requestId", entry.address, outcome.at AS "endedAt", outcome.status, outcome.code,
         outcome.after
       FROM audit_entry AS entry LEFT JOIN audit_outcome AS outcome ON outcome.entry_id = entry.id
       ${conditions.length > 0 ? `WHERE ${conditions.join(' AND ')}` : ''}
       ORDER BY entry.id DESC LIMIT $1`,
      parameters,
    );
    return rows.map(recordOf);
  }
}

function recordOf({ endedAt, status, code, after, ...entry }: Row): AuditRecord {
  return { ...entry, outcome: endedAt === null || status === null ? null : { at: endedAt, status, code, after } };
}
