import { Injectable } from '@nestjs/common';
import { In } from 'typeorm';
import type { GatewayName } from '../gateway-account';
import { Clock } from '../platform/clock';
import { Database, type SqlSession } from '../platform/database';
import { claim, move, writeHeld, writeIfHeld, type Aggregate, type Changes, type Held } from '../platform/work';
import { CLAIM_CLASSES, CLAIM_LOCK, CLAIM_LOCK_SQL, DUE, DUE_ABOUT_PAYMENTS, type ClaimClass } from './claim.sql';
import { Notification, NotificationHistory } from './notification.entity';
import {
  NOTIFICATION_FIRST_STATES,
  NOTIFICATION_TRANSITIONS,
  type NotificationEvent,
  type NotificationState,
} from './notification.state';
import { GIVE_UP_AFTER, nextVerificationAt } from './verification-schedule';

/** A notification as it was when claimed, and the lease that guards every write until it is given back or taken over. */
export interface NotificationClaim {
  readonly notification: Notification;
  readonly leaseId: string;
}

/** What a gateway answered when it was asked whether a message is its own. */
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
  firstStates: NOTIFICATION_FIRST_STATES,
};

const heldBy = ({ notification, leaseId }: NotificationClaim): Held<typeof NOTIFICATION_TRANSITIONS> => {
  return { id: notification.id, leaseId, state: 'Received' };
};

const GIVEN_BACK = { leaseId: null, leaseUntil: null } as const;

const ACTOR = 'scheduler';

/** Whether its gateway may be asked about a message of the class now; called in the claiming transaction. */
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
  gateway?: GatewayName | undefined;
  gatewayAccount?: string | undefined;
  /** Only those that speak of it. */
  job?: NamedJob | undefined;
  /** Only those about the payment of this order number. */
  orderNo?: string | undefined;
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
   * @param gateway whose messages are meant; who acts on one gateway's sees no other's
   * @param leaseSeconds how long the claim stays, unless it is given back before
   * @param awaited the jobs that wait for a notification
   */
  async claimDue(
    gateway: GatewayName,
    now: Date,
    leaseSeconds: number,
    awaited: readonly AwaitingJob[] = [],
    takeTurn: TakeTurn = () => Promise.resolve(true),
  ): Promise<NotificationClaim | undefined> {
    const parameters = [
      awaited.map(({ callbackTokenHash }) => callbackTokenHash),
      awaited.map(({ gatewayJobId }) => gatewayJobId),
      awaited.map(({ mayAsk }) => mayAsk),
      gateway,
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

  /**
   * Claims the message about a payment that is to be looked into next: of one payment, one at a time.
   *
   * @param accounts those whose messages may be looked into now
   */
  claimAboutPayment(
    gateway: GatewayName,
    now: Date,
    leaseSeconds: number,
    accounts: readonly string[],
  ): Promise<NotificationClaim | undefined> {
    return this.database.transaction(async (session) => {
      await session.rows(CLAIM_LOCK_SQL, [CLAIM_LOCK]);
      const due = { ...DUE_ABOUT_PAYMENTS, parameters: [gateway, accounts], now, leaseSeconds };
      const claimed = await claim(session, Notification, due);
      return claimed && { notification: claimed.row, leaseId: claimed.leaseId };
    });
  }

  /**
   * Leaves all other messages about the same payment as they are that had come by the time it was looked into: what was seen then is
   * later than what each of them tells of. @returns how many
   */
  setAsideOlder({ notification }: NotificationClaim, lookedAt: Date): Promise<number> {
    return this.database.execute(
      `UPDATE notification SET next_attempt_at = NULL, given_up_at = $4, last_error = $5
       WHERE order_no = $1 AND gateway_account = $2 AND state = 'Received' AND next_attempt_at IS NOT NULL
         AND lease_id IS NULL AND last_received_at <= $3 AND secret_hash IS NOT DISTINCT FROM $6`,
      [
        notification.orderNo,
        notification.gatewayAccount,
        lookedAt,
        this.clock.now(),
        `looked into with message ${notification.id}`,
        notification.secretHash,
      ],
    );
  }

  /** Gives the claim back, due again at an instant: nothing has failed. */
  postpone(claim: NotificationClaim, nextAttemptAt: Date): Promise<boolean> {
    return writeIfHeld(this.database, NOTIFICATION, heldBy(claim), { ...GIVEN_BACK, nextAttemptAt });
  }

  /** Notes whose a message is: the account of the job it speaks of. */
  async noteAccount(claim: NotificationClaim, gatewayAccount: string): Promise<void> {
    if (claim.notification.gatewayAccount === gatewayAccount) return;
    await writeIfHeld(this.database, NOTIFICATION, heldBy(claim), { gatewayAccount });
  }

  /** The gateway confirmed the message. @throws {DomainError} `lease-lost` */
  markVerified(session: SqlSession, held: NotificationClaim, answer: VerificationAnswer): Promise<void> {
    return this.decide(session, held, 'confirm', answer, (verifiedAt) => ({ verifiedAt }));
  }

  /** The gateway disowned the message. @throws {DomainError} `lease-lost` */
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
  setAside(claim: NotificationClaim, reason: string): Promise<boolean> {
    const setAside = { nextAttemptAt: null, givenUpAt: this.clock.now(), lastError: reason, ...GIVEN_BACK };
    return writeIfHeld(this.database, NOTIFICATION, heldBy(claim), setAside);
  }

  /** Makes due what was postponed or given up because nobody knew the job it speaks of; see {@link ofJob} for which. */
  async makeDue(session: SqlSession, job: NamedJob): Promise<void> {
    await session.execute(
      `UPDATE notification SET next_attempt_at = $3, given_up_at = NULL
       WHERE state = 'Received' AND ${OF_JOB_SQL}`,
      [job.callbackTokenHash, job.gatewayJobId, this.clock.now()],
    );
  }

  /** Whether a message of such a status that speaks of the job is confirmed already. */
  async isVerified(session: SqlSession, job: NamedJob, status: string): Promise<boolean> {
    const verified = await session.rows(
      `SELECT FROM notification WHERE state = 'Verified' AND status = $3 AND gateway_job_id = $2 AND ${OF_JOB_SQL} LIMIT 1`,
      [job.callbackTokenHash, job.gatewayJobId, status],
    );
    return verified.length > 0;
  }

  /** Gives the claim back untouched, due as before, such as when the process is ending. */
  release(claim: NotificationClaim, session: SqlSession = this.database): Promise<boolean> {
    return writeIfHeld(session, NOTIFICATION, heldBy(claim), GIVEN_BACK);
  }

  async find(id: string): Promise<Notification | undefined> {
    return (await this.database.manager.findOneBy(Notification, { id })) ?? undefined;
  }

  /** Newest first, before an id; with `job`, those sent to its own address, or to the shared one with its gateway id. */
  list({ state, gateway, gatewayAccount, job, orderNo, beforeId, limit }: NotificationPage): Promise<Notification[]> {
    const query = this.database.manager.createQueryBuilder(Notification, 'notification');
    if (state !== undefined) query.andWhere('notification.state = :state', { state });
    if (gateway !== undefined) query.andWhere('notification.gateway = :gateway', { gateway });
    if (gatewayAccount !== undefined) {
      query.andWhere('notification.gatewayAccount = :gatewayAccount', { gatewayAccount });
    }
    if (job !== undefined) {
      const { callbackTokenHash, gatewayJobId } = job;
      query.andWhere(ofJobSql(':callbackTokenHash', ':gatewayJobId'), { callbackTokenHash, gatewayJobId });
    }
    if (orderNo !== undefined) query.andWhere('notification.orderNo = :orderNo', { orderNo });
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
