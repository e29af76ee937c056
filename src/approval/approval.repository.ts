import { Injectable } from '@nestjs/common';
import { DomainError } from '../kernel/errors';
import { Database, type SqlSession } from '../platform/database';
import { begin, move, type Aggregate, type Cause, type Changes } from '../platform/work';
import type { KeyHolder, Person } from './another-person';
import { Approval, ApprovalHistory } from './approval.entity';
import {
  APPROVAL_FIRST_STATES,
  APPROVAL_TRANSITIONS,
  type ApprovalEvent,
  type ApprovalKind,
  type ApprovalState,
} from './approval.state';

const APPROVAL: Aggregate<Approval, typeof APPROVAL_TRANSITIONS> = {
  name: 'approval',
  rows: Approval,
  history: ApprovalHistory,
  subject: 'approvalId',
  transitions: APPROVAL_TRANSITIONS,
  firstStates: APPROVAL_FIRST_STATES,
};

/** Which approvals to list: newest first, `beforeId` exclusive. */
export interface ApprovalPage {
  kind?: ApprovalKind | undefined;
  state?: ApprovalState | undefined;
  subjectId?: string | undefined;
  beforeId?: string | undefined;
  limit: number;
}

/** Who or what moves an approval, for its history. */
export type ApprovalCause = Cause & { reason: string };

type NewApproval = Changes<Approval> & { requestedBy: string; requestedAt: Date; because: string };

@Injectable()
export class ApprovalRepository {
  constructor(private readonly database: Database) {}

  /** Stores a new one as Waiting. @returns its id @throws unique violation `approval_waiting_once` */
  create(session: SqlSession, fields: NewApproval): Promise<string> {
    const { requestedBy: actor, requestedAt: at, because: reason } = fields;
    return begin(session, APPROVAL, 'Waiting', fields, { cause: 'asked for', actor, reason, at });
  }

  async find(id: string, session: SqlSession = this.database): Promise<Approval | undefined> {
    return (await session.manager.findOneBy(Approval, { id })) ?? undefined;
  }

  /** The row, locked until the session's transaction ends. */
  async lock(session: SqlSession, id: string): Promise<Approval | undefined> {
    const lock = { mode: 'pessimistic_write' } as const;
    return (await session.manager.findOne(Approval, { where: { id }, lock })) ?? undefined;
  }

  /** The one that waits for a second person to decide on a subject. */
  async findWaiting(kind: ApprovalKind, subjectId: string, session: SqlSession = this.database) {
    return (await session.manager.findOneBy(Approval, { kind, subjectId, state: 'Waiting' })) ?? undefined;
  }

  list({ kind, state, subjectId, beforeId, limit }: ApprovalPage): Promise<Approval[]> {
    const query = this.database.manager.createQueryBuilder(Approval, 'approval').orderBy('approval.id', 'DESC');
    if (kind !== undefined) query.andWhere('approval.kind = :kind', { kind });
    if (state !== undefined) query.andWhere('approval.state = :state', { state });
    if (subjectId !== undefined) query.andWhere('approval.subjectId = :subjectId', { subjectId });
    if (beforeId !== undefined) query.andWhere('approval.id < :beforeId', { beforeId });
    return query.limit(limit).getMany();
  }

  /** Changes of state, oldest first. */
  history(approvalId: string): Promise<ApprovalHistory[]> {
    return this.database.manager.find(ApprovalHistory, { where: { approvalId }, order: { id: 'ASC' } });
  }

  /** Whether any is past its time: cheaper than to lock one. */
  async isAnyOverdue(now: Date): Promise<boolean> {
    return (await this.database.rows(`${OVERDUE_SQL} LIMIT 1`, [now])).length > 0;
  }

  /** The oldest past its time that nobody else is at, locked. */
  async lockOverdue(session: SqlSession, now: Date): Promise<Approval | undefined> {
    const [row] = await session.rows<{ id: string }>(`${OVERDUE_SQL} ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED`, [
      now,
    ]);
    return row && this.find(row.id, session);
  }

  /**
   * Moves one along its transition table and appends to its history, in the caller's transaction.
   *
   * @param by who decides; `undefined`: nobody did
   * @throws {DomainError} `state-conflict` when it does not wait any more
   */
  transition(
    session: SqlSession,
    approval: Pick<Approval, 'id' | 'state'>,
    event: ApprovalEvent,
    why: ApprovalCause,
    by?: Person,
  ): Promise<void> {
    const changes = {
      decidedBy: why.actor,
      decidedByOwner: by?.owner ?? null,
      decidedByKeyId: by?.keyId ?? null,
      decisionReason: why.reason,
      decidedAt: why.at,
    };
    return move(session, APPROVAL, approval, event, why, { changes });
  }

  /** A key with the keys it descends from; the bootstrap key and the service are no rows, and descend from nothing. */
  async holder(session: SqlSession, { keyId, owner }: Pick<Person, 'keyId' | 'owner'>): Promise<KeyHolder> {
    if (keyId === null) return { keyId, owner, madeAt: null, makers: [] };
    const lineage = await session.rows<{ keyId: string; owner: string; madeAt: Date }>(
      `WITH RECURSIVE lineage AS (
         SELECT id, owner, created_at, created_by_key_id, 0 AS distance FROM api_key WHERE id = $1
         UNION ALL
         SELECT maker.id, maker.owner, maker.created_at, maker.created_by_key_id, distance + 1
         FROM lineage JOIN api_key AS maker ON maker.id = lineage.created_by_key_id)
       SELECT id AS "keyId", owner, created_at AS "madeAt" FROM lineage ORDER BY distance`,
      [keyId],
    );
    const [own, ...makers] = lineage;
    return { keyId, owner: own?.owner ?? owner, madeAt: own?.madeAt ?? null, makers };
  }
}

const OVERDUE_SQL = `SELECT id FROM approval WHERE state = 'Waiting' AND expires_at <= $1`;

export function decidedAlready(id: string, state: ApprovalState): DomainError {
  return new DomainError('state-conflict', `Approval ${id} is ${state}; nothing was changed`, { approvalId: id });
}
