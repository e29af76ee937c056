import { Injectable } from '@nestjs/common';
import { Gateways, type MessageVerdict, type ReceivedMessage } from '../../gateways';
import { NOTHING_DUE, ONE_DONE, ONE_POSTPONED, type OnClaimed, type StepReport } from '../../kernel/step-report';
import { BULK_JOB_EVENT, COMPLETED_STATUS } from '../../gateways/tstore';
import { NotificationRepository, type Notification, type NotificationClaim } from '../../inbox';
import { crashPoint } from '../../platform/crash-points';
import { Database, type SqlSession } from '../../platform/database';
import { Logger } from '../../platform/logging';
import type { BulkPaymentJob } from '../job/bulk-payment-job.entity';
import { CompletionService } from '../submission/completion.service';
import { NotificationClaims, type MatchedClaim } from './notification-claims';

/** Past the answer to any submission. So what a stranger sends is asked about a few times and not for two days. */
const UNCLAIMED_GIVE_UP_AFTER = '15 minutes';

/**
 * Takes one notification that is due: finds its job, asks PNS whether the message is genuine, and moves message and job by
 * the answer in one transaction. Before that a job is moved only by what came to its own address (docs/decisions/0015).
 */
@Injectable()
export class NotificationVerification {
  constructor(
    private readonly claims: NotificationClaims,
    private readonly notifications: NotificationRepository,
    private readonly completion: CompletionService,
    private readonly gateways: Gateways,
    private readonly database: Database,
    private readonly logger: Logger,
  ) {}

  async runOnce(claimed?: OnClaimed): Promise<StepReport> {
    const placed = await this.claims.next();
    if (placed === undefined) return NOTHING_DUE;
    claimed?.();
    return this.bring(placed.claim).finally(() => placed.leave());
  }

  private async bring({ claim, job }: MatchedClaim): Promise<StepReport> {
    await crashPoint('verify-notification.claimed');
    const { notification } = claim;
    if (notification.event !== BULK_JOB_EVENT) return this.setAside(claim);
    // The answer to a submission may still be on its way while its notification is here already. A job that an operator
    // attaches later makes its messages due again.
    if (job === undefined) {
      return this.postpone(claim, 'no job has this address and gateway job id', UNCLAIMED_GIVE_UP_AFTER);
    }
    await this.notifications.noteAccount(claim, job.gatewayAccount);
    const current = await this.noteCompletion(claim, job);
    // As its account: PNS confirms to a client what is its own, and nothing of another's.
    const verdict = await this.gateways.reading('tstore').verify(job.gatewayAccount, membersOf(notification));
    await crashPoint('verify-notification.answered');
    return this.apply(claim, current, verdict);
  }

  private async noteCompletion(claim: NotificationClaim, job: BulkPaymentJob): Promise<BulkPaymentJob> {
    // Other statuses are verified too, or PNS would send them for two days; they move no job.
    if (claim.notification.status !== COMPLETED_STATUS) return job;
    const completed = await this.completion.complete(job, claim.notification);
    await crashPoint('verify-notification.completion-noted');
    return completed;
  }

  private async apply(claim: NotificationClaim, job: BulkPaymentJob, verdict: MessageVerdict): Promise<StepReport> {
    const { callbackTokenHash, gatewayJobId, status } = claim.notification;
    const message = { callbackTokenHash, gatewayJobId, completes: status === COMPLETED_STATUS };
    switch (verdict.kind) {
      case 'no-verdict':
        return this.postpone(claim, verdict.reason);
      case 'genuine':
        await this.record(job, async (session, current) => {
          await this.notifications.markVerified(session, claim, verdict);
          await this.completion.verify(session, current, message);
        });
        this.logger.info('notification verified', { notificationId: claim.notification.id, jobId: job.id });
        return ONE_DONE;
      case 'foreign':
        await this.record(job, async (session, current) => {
          await this.notifications.markRejected(session, claim, verdict);
          await this.completion.reject(session, current, message, verdict.resultMessage);
        });
        this.logger.error('notification rejected by PNS', { notificationId: claim.notification.id, jobId: job.id });
        return ONE_DONE;
    }
  }

  /**
   * Moves message and job in one transaction.
   *
   * @throws {DomainError} `lease-lost` when the claim did not hold any more, and nothing was moved
   */
  private async record(
    job: BulkPaymentJob,
    move: (session: SqlSession, current: BulkPaymentJob) => Promise<void>,
  ): Promise<void> {
    await this.database.transaction(async (session) => {
      await move(session, await this.completion.lock(session, job));
      await crashPoint('verify-notification.before-commit');
    });
    await crashPoint('verify-notification.recorded');
  }

  /** Single payments may be notified too; how to verify that is not published (docs/protocol/tstore.md, section 6). */
  private async setAside(claim: NotificationClaim): Promise<StepReport> {
    const { id, event } = claim.notification;
    await this.notifications.setAside(claim, 'nothing here acts on this event');
    await crashPoint('verify-notification.set-aside');
    this.logger.warn('notification of an event nothing acts on', { notificationId: id, event });
    return ONE_DONE;
  }

  private async postpone(claim: NotificationClaim, reason: string, giveUpAfter?: string): Promise<StepReport> {
    const outcome = await this.notifications.scheduleRetry(claim, reason, giveUpAfter);
    await crashPoint('verify-notification.postponed');
    const isGivenUp = outcome === 'given-up' && claim.notification.callbackTokenHash !== null;
    // Only T store knows a job's own address: nobody verifies this one any more, unless it comes again.
    this.logger[isGivenUp ? 'error' : 'warn']('notification not verified', {
      notificationId: claim.notification.id,
      reason,
      outcome,
    });
    return ONE_POSTPONED;
  }
}

/** Under T store's own names. */
function membersOf({ notifyVersion, event, status, gatewayJobId, updateTime }: Notification): ReceivedMessage {
  return { notifyVersion, event, status, jobId: gatewayJobId, updateTime };
}
