import { Injectable } from '@nestjs/common';
import { DomainError } from '../kernel/errors';
import { arrowOf } from '../kernel/transitions';
import { Database, type SqlSession } from '../platform/database';
import { move, type Aggregate } from '../platform/work';
import type { TransactionLookup } from '../transaction-lookup';
import { OutsideRefund } from './outside-refund.entity';
import { OUTSIDE_REFUND_TRANSITIONS, type OutsideRefundState } from './outside-refund.state';

/** Who decided last, when and why, is kept by the row itself. */
const OUTSIDE_REFUND: Aggregate<OutsideRefund, typeof OUTSIDE_REFUND_TRANSITIONS> = {
  name: 'outside refund',
  rows: OutsideRefund,
  subject: 'outsideRefundId',
  transitions: OUTSIDE_REFUND_TRANSITIONS,
};

const RECORDING = arrowOf(OUTSIDE_REFUND_TRANSITIONS, 'record');

/** Who decided on a showing, when and why. */
interface OutsideDecision {
  actor: string;
  reason: string;
  at: Date;
}

@Injectable()
export class OutsideRefundRepository {
  constructor(private readonly database: Database) {}

  async find(id: string): Promise<OutsideRefund | undefined> {
    return (await this.database.manager.findOneBy(OutsideRefund, { id })) ?? undefined;
  }

  /** Newest first, before an id. */
  list(page: {
    state?: OutsideRefundState | undefined;
    beforeId: string | undefined;
    limit: number;
  }): Promise<OutsideRefund[]> {
    const query = this.database.manager.createQueryBuilder(OutsideRefund, 'outside').orderBy('outside.id', 'DESC');
    if (page.state !== undefined) query.andWhere('outside.state = :state', { state: page.state });
    if (page.beforeId !== undefined) query.andWhere('outside.id < :beforeId', { beforeId: page.beforeId });
    return query.limit(page.limit).getMany();
  }

  /**
   * Notes what a lookup shows, unless it was noted before, or a refund of ours is on its way and may be what it shows.
   *
   * @returns the new one's id
   */
  async suspect(chargeId: string, lookup: TransactionLookup, at: Date): Promise<string | undefined> {
    const [suspected] = await this.database.rows<{ id: string }>(
      `INSERT INTO outside_refund (charge_id, lookup_id, shown, found_at)
       SELECT $1, $2, $3, $4
       WHERE NOT EXISTS (SELECT FROM refund WHERE charge_id = $1 AND state IN ('Refunding', 'Unknown'))
       ON CONFLICT (charge_id, shown) DO NOTHING RETURNING id`,
      [chargeId, lookup.id, shownBy(lookup), at],
    );
    return suspected?.id;
  }

  /**
   * Notes that what a lookup shows was recorded as a refund: once for each showing, whoever records at the same time.
   *
   * @throws {DomainError} `outside-refund-recorded` naming the refund
   */
  async record(
    session: SqlSession,
    chargeId: string,
    lookup: TransactionLookup,
    { refundId, actor, reason, at }: OutsideDecision & { refundId: string },
  ): Promise<void> {
    const shown = shownBy(lookup);
    const recorded = await session.execute(
      `INSERT INTO outside_refund (charge_id, lookup_id, shown, state, found_at, refund_id, decided_at, decided_by, decision_reason)
       VALUES ($1, $2, $3, $8, $4, $5, $4, $6, $7)
       ON CONFLICT (charge_id, shown) DO UPDATE SET state = $8, refund_id = $5, decided_at = $4, decided_by = $6,
         decision_reason = $7, lookup_id = $2
       WHERE outside_refund.state = ANY ($9)`,
      [chargeId, lookup.id, shown, at, refundId, actor, reason, RECORDING.to, RECORDING.from],
    );
    if (recorded === 1) return;
    const earlier = await session.manager.findOneBy(OutsideRefund, { chargeId, shown });
    throw new DomainError(
      'outside-refund-recorded',
      `What T store shows was recorded as refund ${earlier?.refundId}; look the payment up again if there was another one`,
      { refundId: earlier?.refundId },
    );
  }

  /** When the last refund that we made of a charge was found to be made. */
  async lastRefundOfOurs(chargeId: string): Promise<Date | null> {
    const [last] = await this.database.rows<{ at: Date | null }>(
      `SELECT max(ended_at) AS at FROM refund WHERE charge_id = $1 AND state = 'Refunded' AND NOT outside`,
      [chargeId],
    );
    return last?.at ?? null;
  }

  /** @throws {DomainError} `state-conflict` unless it is Suspected */
  async dismiss(id: string, { actor, reason, at }: OutsideDecision): Promise<void> {
    const why = { cause: 'dismissed', actor, reason, at };
    const changes = { decidedAt: at, decidedBy: actor, decisionReason: reason };
    await move(this.database, OUTSIDE_REFUND, { id, state: 'Suspected' }, 'dismiss', why, { changes });
  }
}

/** What T store's record says, in one line. */
export function shownBy({ found }: Pick<TransactionLookup, 'found'>): string {
  if (found === null) return 'nothing';
  const { status, reason, message, updatedAt } = found;
  return [status, reason, message, updatedAt].map((member) => member ?? '').join(' | ');
}
