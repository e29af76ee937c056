import { Injectable } from '@nestjs/common';
import { DomainError } from '../../kernel/errors';
import { nextState } from '../../kernel/transitions';
import { Database, type SqlSession } from '../../platform/database';
import { move, type Aggregate } from '../../platform/work';
import type { FoundTransaction, TransactionLookup } from '../../transaction-lookup';
import { OutsideRefund, OutsideRefundHistory } from './outside-refund.entity';
import {
  OUTSIDE_REFUND_FIRST_STATES,
  OUTSIDE_REFUND_TRANSITIONS,
  type OutsideRefundState,
} from './outside-refund.state';

const OUTSIDE_REFUND: Aggregate<OutsideRefund, typeof OUTSIDE_REFUND_TRANSITIONS> = {
  name: 'outside refund',
  rows: OutsideRefund,
  history: OutsideRefundHistory,
  subject: 'outsideRefundId',
  transitions: OUTSIDE_REFUND_TRANSITIONS,
  firstStates: OUTSIDE_REFUND_FIRST_STATES,
};

/** What follows a lookup's showing where the gateway has said more than its record. */
const REFUSED = ' | refused: ';

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

  /** Notes what a lookup shows, unless it was noted before, or a refund of ours is on its way and may be what it shows. */
  async suspect(chargeId: string, lookup: TransactionLookup, at: Date): Promise<void> {
    const isOurs = `EXISTS (SELECT FROM refund WHERE charge_id = $1 AND state IN ('Refunding', 'Unknown'))`;
    await this.noteShown(this.database, `NOT ${isOurs}`, chargeId, lookup, shownBy(lookup), at);
  }

  /** Notes what a lookup shows, which a person takes for a refund. @throws {DomainError} as {@link record} */
  async noteAsked(session: SqlSession, chargeId: string, lookup: TransactionLookup, at: Date): Promise<void> {
    const shown = (await this.openShowing(chargeId, lookup, session)) ?? shownBy(lookup);
    await this.noteShown(session, 'true', chargeId, lookup, shown, at);
    assertUnrecorded(await session.manager.findOneByOrFail(OutsideRefund, { chargeId, shown }));
  }

  /** Notes that the gateway refused a refund, whatever the lookup just before showed: that may be recorded already, with too little. */
  async noteRefused(chargeId: string, lookup: TransactionLookup, refused: string, at: Date): Promise<void> {
    await this.noteShown(this.database, 'true', chargeId, lookup, `${shownBy(lookup)}${REFUSED}${refused}`, at);
  }

  /** What waits for a person to say what it is, of that which a lookup shows or the gateway refused since; `undefined`: nothing. */
  async openShowing(
    chargeId: string,
    lookup: TransactionLookup,
    session: SqlSession = this.database,
  ): Promise<string | undefined> {
    const [open] = await session.rows<{ shown: string }>(
      `SELECT shown FROM outside_refund
       WHERE charge_id = $1 AND state = 'Suspected' AND (shown = $2 OR starts_with(shown, $2 || $3))
       ORDER BY id LIMIT 1`,
      [chargeId, shownBy(lookup), REFUSED],
    );
    return open?.shown;
  }

  /** Whether anything of a charge waits for a person to say what it is. */
  isAnySuspected(chargeId: string): Promise<boolean> {
    return this.database.manager.existsBy(OutsideRefund, { chargeId, state: 'Suspected' });
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
    const shown = (await this.openShowing(chargeId, lookup, session)) ?? shownBy(lookup);
    await this.noteShown(session, 'true', chargeId, lookup, shown, at);
    const lock = { mode: 'pessimistic_write' } as const;
    const where = { chargeId, shown };
    const outside = await session.manager.findOneOrFail(OutsideRefund, { where, lock });
    assertUnrecorded(outside);
    const changes = { refundId, lookupId: lookup.id, decidedAt: at, decidedBy: actor, decisionReason: reason };
    await move(session, OUTSIDE_REFUND, outside, 'record', { cause: 'record', actor, reason, at }, { changes });
  }

  /** Has somebody say anew what a showing is, whose refund was reversed. */
  async reopen(session: SqlSession, refundId: string, { actor, reason, at }: OutsideDecision): Promise<void> {
    const outside = await session.manager.findOneByOrFail(OutsideRefund, { refundId });
    const changes = { refundId: null, decidedAt: null, decidedBy: null, decisionReason: null };
    await move(
      session,
      OUTSIDE_REFUND,
      outside,
      'reopen',
      { cause: 'its refund was reversed', actor, reason, at },
      { changes },
    );
  }

  /** Changes of its state, oldest first. */
  history(outsideRefundId: string): Promise<OutsideRefundHistory[]> {
    return this.database.manager.find(OutsideRefundHistory, { where: { outsideRefundId }, order: { id: 'ASC' } });
  }

  private async noteShown(
    session: SqlSession,
    conditionSql: string,
    chargeId: string,
    lookup: TransactionLookup,
    shown: string,
    at: Date,
  ): Promise<void> {
    await session.rows(
      `WITH noted AS (
         INSERT INTO outside_refund (charge_id, lookup_id, shown, found_at)
         SELECT $1, $2, $3, $4 WHERE ${conditionSql}
         ON CONFLICT (charge_id, shown) DO NOTHING RETURNING id, state)
       INSERT INTO outside_refund_history (outside_refund_id, to_state, cause, actor, at)
       SELECT id, state, 'shown by a lookup', $5, $4 FROM noted`,
      [chargeId, lookup.id, shown, at, lookup.actor],
    );
  }

  /**
   * What the gateway had of a charge's payment just before the last refund that was sent of it, where that ended as not made.
   *
   * @returns `undefined` where the last one was made, or none was sent
   */
  async beforeLastFailed(chargeId: string): Promise<FoundTransaction | undefined> {
    const [last] = await this.database.rows<{ found: FoundTransaction | null }>(
      `SELECT baseline.found FROM (
         SELECT state, baseline_lookup_id FROM refund
         WHERE charge_id = $1 AND (state = 'Refunded' OR state IN ('Failed', 'Reversed') AND sent_at IS NOT NULL)
         ORDER BY ended_at DESC, id DESC LIMIT 1) AS last
       JOIN transaction_lookup AS baseline ON baseline.id = last.baseline_lookup_id
       WHERE last.state <> 'Refunded'`,
      [chargeId],
    );
    return last?.found ?? undefined;
  }

  /** Whether a refund of a charge was sent that ended as not made, or was reversed: then what the gateway shows may be that one. */
  async wasAnyUnmade(session: SqlSession, chargeId: string): Promise<boolean> {
    const unmade = await session.rows(
      `SELECT FROM refund WHERE charge_id = $1 AND state IN ('Failed', 'Reversed') AND sent_at IS NOT NULL LIMIT 1`,
      [chargeId],
    );
    return unmade.length > 0;
  }

  /** Has whoever records what is listed of a charge do so one after another. */
  async lockCharge(session: SqlSession, orderNo: string): Promise<void> {
    await session.rows('SELECT FROM charge WHERE order_no = $1 FOR UPDATE', [orderNo]);
  }

  /** Says of all that waits of a charge that it is told of elsewhere. */
  async dismissOthers(session: SqlSession, chargeId: string, decision: OutsideDecision): Promise<void> {
    const others = await session.manager.findBy(OutsideRefund, { chargeId, state: 'Suspected' });
    for (const { id } of others) await this.dismiss(session, id, decision);
  }

  /** When the last refund that we made of a charge was found to be made. */
  async lastRefundOfOurs(session: SqlSession, chargeId: string): Promise<Date | null> {
    const [last] = await session.rows<{ at: Date | null }>(
      `SELECT max(ended_at) AS at FROM refund WHERE charge_id = $1 AND state = 'Refunded' AND NOT outside`,
      [chargeId],
    );
    return last?.at ?? null;
  }

  /** @throws {DomainError} `state-conflict` unless it is Suspected */
  async dismiss(session: SqlSession, id: string, { actor, reason, at }: OutsideDecision): Promise<void> {
    const why = { cause: 'dismiss', actor, reason, at };
    const changes = { decidedAt: at, decidedBy: actor, decisionReason: reason };
    await move(session, OUTSIDE_REFUND, { id, state: 'Suspected' }, 'dismiss', why, { changes });
  }
}

/** Each showing is recorded once. */
function assertUnrecorded({ state, refundId }: OutsideRefund): void {
  if (nextState(OUTSIDE_REFUND_TRANSITIONS, state, 'record') !== undefined) return;
  const message = `What the gateway shows was recorded as refund ${refundId}; look the payment up again if there was another one`;
  throw new DomainError('outside-refund-recorded', message, { refundId });
}

/** What the gateway's record says, in one line. */
export function shownBy({ found }: Pick<TransactionLookup, 'found'>): string {
  if (found === null) return 'nothing';
  const { status, reason, message, updatedAt, balance } = found;
  // Two parts given back within one second differ in nothing else.
  const left = balance === undefined ? [] : [`${balance} left`];
  return [status, reason, message, updatedAt, ...left].map((member) => member ?? '').join(' | ');
}
