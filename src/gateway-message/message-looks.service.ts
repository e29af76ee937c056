import { Injectable } from '@nestjs/common';
import { NotificationRepository, type Notification, type NotificationClaim } from '../inbox';
import { DomainError, messageOf } from '../kernel/errors';
import { NOTHING_DUE, ONE_DONE, ONE_POSTPONED, type OnClaimed, type StepReport } from '../kernel/step-report';
import { Clock } from '../platform/clock';
import { PaymentMethods } from '../payment-method';
import { crashPoint } from '../platform/crash-points';
import { Database } from '../platform/database';
import { Logger } from '../platform/logging';
import { MessageClaims } from './message-claims';
import { PaymentNews, type NamedPayment, type News } from './payment-news';

/**
 * Looks into messages that prove nothing: each is a reason to ask its gateway about a payment of ours, and no more. However many
 * come about one payment, it is one question at a time, at the account's pace; what is about nothing of ours asks nobody
 * (docs/decisions/0057).
 */
@Injectable()
export class MessageLooks {
  constructor(
    private readonly claims: MessageClaims,
    private readonly news: PaymentNews,
    private readonly methods: PaymentMethods,
    private readonly notifications: NotificationRepository,
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly logger: Logger,
  ) {}

  async runOnce(claimed?: OnClaimed): Promise<StepReport> {
    const placed = await this.claims.next();
    if (placed === undefined) return NOTHING_DUE;
    claimed?.();
    return this.bring(placed.claim).finally(() => placed.leave());
  }

  private async bring(claim: NotificationClaim): Promise<StepReport> {
    try {
      await crashPoint('look-into-message.claimed');
      const report = await this.look(claim);
      await crashPoint('look-into-message.recorded');
      return report;
    } catch (error) {
      if (!(error instanceof DomainError)) throw error;
      this.logger.warn('message not looked into', { notificationId: claim.notification.id, error });
      await this.notifications.scheduleRetry(claim, messageOf(error));
      return ONE_POSTPONED;
    }
  }

  private async look(claim: NotificationClaim): Promise<StepReport> {
    const { notification } = claim;
    const named = namedIn(notification);
    if (named === undefined && notification.secretHash !== null) return this.endMethod(claim, notification.secretHash);
    if (named === undefined) {
      this.logger.warn('message of an event nothing acts on', {
        notificationId: notification.id,
        event: notification.event,
      });
      return this.setAside(claim, 'nothing here acts on this event');
    }
    const find = await this.news.of(named);
    if (typeof find === 'string') return this.setAside(claim, find);
    const freeAt = await this.claims.turnOf(named.account);
    if (freeAt !== undefined) {
      await this.notifications.postpone(claim, freeAt);
      return ONE_POSTPONED;
    }
    const lookedAt = this.clock.now();
    const news = await find();
    await crashPoint('look-into-message.looked');
    return this.record(claim, news, lookedAt);
  }

  /** A message that names a method by its secret is genuine if the secret is one of ours: nobody else has it. */
  private async endMethod(claim: NotificationClaim, methodKeyHash: Buffer): Promise<StepReport> {
    const { gateway, event } = claim.notification;
    const method = await this.methods.deletedAtGateway(gateway, methodKeyHash, event ?? 'deleted');
    await crashPoint('look-into-message.looked');
    if (method === undefined) return this.setAside(claim, 'no payment method has this key');
    const answer = { resultCode: method.state, resultMessage: `payment method ${method.id} is ${method.state}` };
    await this.database.transaction((session) => this.notifications.markVerified(session, claim, answer));
    return ONE_DONE;
  }

  /** What was seen is later than what any message tells of that had come before: one look is all of theirs. */
  private async record(claim: NotificationClaim, news: News, lookedAt: Date): Promise<StepReport> {
    if (news.kind === 'later') {
      await this.notifications.scheduleRetry(claim, news.why);
      return ONE_POSTPONED;
    }
    await this.notifications.setAsideOlder(claim, lookedAt);
    if (news.kind === 'none') return this.setAside(claim, news.why);
    const answer = { resultCode: news.code, resultMessage: news.what };
    await this.database.transaction((session) => this.notifications.markVerified(session, claim, answer));
    const { id: notificationId, orderNo } = claim.notification;
    this.logger.warn('a message brought news of a payment', { notificationId, orderNo, news: news.what });
    return ONE_DONE;
  }

  /** Kept for a while, and shown: it told nothing that was not known. */
  private async setAside(claim: NotificationClaim, why: string): Promise<StepReport> {
    await this.notifications.setAside(claim, why);
    return ONE_DONE;
  }
}

function namedIn({ gateway, gatewayAccount: account, orderNo, secretHash }: Notification): NamedPayment | undefined {
  return account === null || orderNo === null ? undefined : { gateway, account, orderNo, secretHash };
}
