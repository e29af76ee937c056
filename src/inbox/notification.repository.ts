import { Injectable } from '@nestjs/common';
import { In } from 'typeorm';
import { Clock } from '../platform/clock';
import { Database, type SqlSession } from '../platform/database';
import { claim, move, writeHeld, type Aggregate, type Changes } from '../platform/work';
import { CLAIM_CLASSES, CLAIM_LOCK, CLAIM_LOCK_SQL, DUE, type ClaimClass } from './claim.sql';
import { Notification, NotificationHistory } from './notification.entity';
import { NOTIFICATION_TRANSITIONS, type NotificationEvent, type NotificationState } from './notification.state';
import { GIVE_UP_AFTER, nextVerificationAt } from './verification-schedule';

/** A notification as it was when claimed, and the lease that guards every write until it is given back or taken over. */
export interface NotificationClaim {
  readonly notification: Notification;
  readonly leaseId: string;
}

/** What PNS answered when it was asked whether a message is its own. */
export interface VerificationAnswer {
  resultCode: string;
  resultMessage: string | null;
}

/** What became of an attempt that got no answer; `lease-lost` when another replica has taken over. */
export type RetryOutcome = 'scheduled' | 'given-up' | 'lease-lost';

const NOTIFICATION: Aggregate<Notification, typeof NOTIFICATION_TRANSITIONS> = {
  name: 'notification',
  rows: Notification,
  history: NotificationHistory,
  subject: 'notificationId',
  transitions: NOTIFICATION_TRANSITIONS,
};

const GIVEN_BACK = { leaseId: null, leaseUntil: null } as const;

const ACTOR = 'scheduler';

/** The `status` of a message that says that the gateway is done with a job. */
export const COMPLETED_STATUS = 'completed';

/** Whether PNS may be asked about a message of the class now; called in the claiming transaction. */
export type TakeTurn = (claimClass: ClaimClass, session: SqlSession) => Promise<boolean>;

/** What messages know a job by: its own address, and the gateway's id. */
interface NamedJob {
  callbackTokenHash: Buffer | null;
  gatewayJobId: string | null;
}

/** A job that waits for a notification. */
interface AwaitingJob extends NamedJob {
  /** Whether its account has room for another question just now. */
  mayAsk: boolean;
}

/** Which notifications to list: newest first, `beforeId` exclusive. */
export interface NotificationPage {
  state?: NotificationState | undefined;
  /** Only those that speak of it. */
  job?: NamedJob | undefined;
  beforeId?: string | undefined;
  limit: number;
}

/** Messages to a job's own address, or with its gateway id to the shared one. */
const ofJobSql = (tokenHash: string, gatewayJobId: string): string =>
  `(callback_token_hash = ${tokenHash} OR callback_token_hash IS NULL AND gateway_job_id = ${gatewayJobId})`;

const OF_JOB_SQL = ofJobSql('$1', '$2');

/**
 * The rows behind the listener, for whoever verifies them. Every write is guarded by lease and state. A message that could
 * not be decided on tells whether the guard held instead of throwing: then nothing else is to be undone.
 */
@Injectable()
export class NotificationRepository {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  /**
   * Claims the notification that is to be verified next and that no other replica holds; {@link ClaimClass} has the order.
   * Nothing is claimed for which there is no turn: then it stays due.
   *
   * @param leaseSeconds how long the claim stays, unless it is given back before
   * @param awaited the jobs that wait for a notification
   */
  async claimDue(
    now: Date,
    leaseSeconds: number,
    awaited: readonly AwaitingJob[] = [],
    takeTurn: TakeTurn = () => Promise.resolve(true),
  ): Promise<NotificationClaim | undefined> {
    const parameters = [
      awaited.map(({ callbackTokenHash }) => callbackTokenHash),
      awaited.map(({ gatewayJobId }) => gatewayJobId),
      awaited.map(({ mayAsk }) => mayAsk),
    ];
    return this.database.transaction(async (session) => {
      await session.rows(CLAIM_LOCK_SQL, [CLAIM_LOCK]);
      for (const claimClass of CLAIM_CLASSES) {
        const due = { ...DUE[claimClass], parameters, now, leaseSeconds };
        const claimed = await claim(session, Notification, due);
        if (claimed === undefined) continue;
        const { row, leaseId } = claimed;
        if (await takeTurn(claimClass, session)) return { notification: row, leaseId };
        await writeHeld(session, NOTIFICATION, { id: row.id, leaseId }, GIVEN_BACK);
      }
      return undefined;
    });
  }

  /** Notes whose a message is: the account of the job it speaks of. */
  async noteAccount({ notification, leaseId }: NotificationClaim, gatewayAccount: string): Promise<void> {
    if (notification.gatewayAccount === gatewayAccount) return;
    await this.database.manager.update(Notification, { id: notification.id, leaseId }, { gatewayAccount });
  }

  /** PNS confirmed the message. @throws {DomainError} `lease-lost` */
  markVerified(session: SqlSession, held: NotificationClaim, answer: VerificationAnswer): Promise<void> {
    return this.decide(session, held, 'confirm', answer, (verifiedAt) => ({ verifiedAt }));
  }

  /** PNS disowned the message. @throws {DomainError} `lease-lost` */
  markRejected(session: SqlSession, held: NotificationClaim, answer: VerificationAnswer): Promise<void> {
    return this.decide(session, held, 'disown', answer, (rejectedAt) => ({ rejectedAt }));
  }

  /**
   * The message could not be decided on: gives the claim back, due again as the back-off says, always within 30 minutes; or
   * given up when that is too long after the message was last sent. One given up is due again as soon as it is sent again.
   *
   * @param giveUpAfter an interval of PostgreSQL
   */
  async scheduleRetry(
    claim: NotificationClaim,
    error: string,
    giveUpAfter: string = GIVE_UP_AFTER,
  ): Promise<RetryOutcome> {
    const at = nextVerificationAt(this.clock.now(), claim.notification.attempts + 1);
    const [row] = await this.database.rows<{ given_up: boolean }>(
      `UPDATE notification
       SET attempts = attempts + 1, last_error = $3, lease_id = NULL, lease_until = NULL,
         next_attempt_at = CASE WHEN $4::timestamptz <= last_received_at + $5::interval THEN $4::timestamptz END,
         given_up_at = CASE WHEN $4::timestamptz > last_received_at + $5::interval THEN $6::timestamptz END
       WHERE id = $1 AND lease_id = $2 AND state = 'Received'
       RETURNING given_up_at IS NOT NULL AS given_up`,
      [claim.notification.id, claim.leaseId, error, at, giveUpAfter, this.clock.now()],
    );
    if (row === undefined) return 'lease-lost';
    return row.given_up ? 'given-up' : 'scheduled';
  }

  /** Leaves a message as it is that nothing here acts on yet: kept and shown, and due again only if it is sent again. */
  async setAside(claim: NotificationClaim, reason: string): Promise<boolean> {
    const changed = await this.database.execute(
      `UPDATE notification
       SET next_attempt_at = NULL, given_up_at = $3, last_error = $4, lease_id = NULL, lease_until = NULL
       WHERE id = $1 AND lease_id = $2 AND state = 'Received'`,
      [claim.notification.id, claim.leaseId, this.clock.now(), reason],
    );
    return changed === 1;
  }

  /** Makes due what was postponed or given up because nobody knew the job it speaks of; see {@link ofJob} for which. */
  async makeDue(session: SqlSession, job: NamedJob): Promise<void> {
    await session.execute(
      `UPDATE notification SET next_attempt_at = $3, given_up_at = NULL
       WHERE state = 'Received' AND ${OF_JOB_SQL}`,
      [job.callbackTokenHash, job.gatewayJobId, this.clock.now()],
    );
  }

  /** Whether PNS has confirmed already that the gateway is done with the job. */
  async isCompletionVerified(session: SqlSession, job: NamedJob): Promise<boolean> {
    const verified = await session.rows(
      `SELECT FROM notification WHERE state = 'Verified' AND status = $3 AND gateway_job_id = $2 AND ${OF_JOB_SQL} LIMIT 1`,
      [job.callbackTokenHash, job.gatewayJobId, COMPLETED_STATUS],
    );
    return verified.length > 0;
  }

  /** Gives the claim back untouched, due as before, such as when the process is ending. */
  async release(claim: NotificationClaim, session: SqlSession = this.database): Promise<boolean> {
    const changed = await session.execute(
      `UPDATE notification SET lease_id = NULL, lease_until = NULL WHERE id = $1 AND lease_id = $2`,
      [claim.notification.id, claim.leaseId],
    );
    return changed === 1;
  }

  async find(id: string): Promise<Notification | undefined> {
    return (await this.database.manager.findOneBy(Notification, { id })) ?? undefined;
  }

  /** Newest first, before an id; with `job`, those sent to its own address, or to the shared one with its gateway id. */
  list({ state, job, beforeId, limit }: NotificationPage): Promise<Notification[]> {
    const query = this.database.manager.createQueryBuilder(Notification, 'notification');
    if (state !== undefined) query.andWhere('notification.state = :state', { state });
    if (job !== undefined) {
      const { callbackTokenHash, gatewayJobId } = job;
      query.andWhere(ofJobSql(':callbackTokenHash', ':gatewayJobId'), { callbackTokenHash, gatewayJobId });
    }
    if (beforeId !== undefined) query.andWhere('notification.id < :beforeId', { beforeId });
    return query.orderBy('notification.id', 'DESC').limit(limit).getMany();
  }

  /** Changes of state, oldest first. */
  async history(notificationIds: readonly string[]): Promise<NotificationHistory[]> {
    return this.database.manager.find(NotificationHistory, {
      where: { notificationId: In([...notificationIds]) },
      order: { id: 'ASC' },
    });
  }

  private decide(
    session: SqlSession,
    { notification, leaseId }: NotificationClaim,
    event: NotificationEvent,
    { resultCode, resultMessage }: VerificationAnswer,
    decidedAt: (at: Date) => Changes<Notification>,
  ): Promise<void> {
    const at = this.clock.now();
    const why = { cause: event, actor: ACTOR, at };
    const said = { resultCode, resultMessage, lastError: null, nextAttemptAt: null };
    const changes = { ...decidedAt(at), ...said, ...GIVEN_BACK };
    return move(session, NOTIFICATION, { id: notification.id, state: 'Received' }, event, why, {
      changes,
      guard: { leaseId },
    });
  }
}
