import type { NotificationMessage } from '../../../src/gateways/tstore/wire';
import type { CallLog } from '../../shared/call-log';
import { shortenedUrl } from '../../shared/call-log';
import type { SimulatorClock } from '../../shared/clock';
import type { PostSettings } from '../../shared/http/post';
import { SeededRandom, seedOf } from '../../shared/seeded';
import { deliver } from './delivery';
import { writeMessage, type DeliveryAttempt, type MessageForm, type Notification } from './notification';
import { nextResendAt } from './resend-schedule';

export interface OutboxSettings extends PostSettings {
  seed: string;
  resendAfterFailureMs: number;
}

export interface NewNotification {
  jobId: string;
  url: string;
  genuine: boolean;
  message: NotificationMessage;
  form: MessageForm;
}

/** Keeps every message with all that was sent and answered, and sends each again until it is verified or 48 h old. */
export class NotificationOutbox {
  private readonly kept: Notification[] = [];
  private readonly random: SeededRandom;

  constructor(
    private readonly settings: OutboxSettings,
    private readonly clock: SimulatorClock,
    private readonly log: CallLog,
  ) {
    this.random = new SeededRandom(seedOf(settings.seed, 'resend'));
  }

  add({ jobId, url, genuine, message, form }: NewNotification): Notification {
    const notification: Notification = {
      id: this.kept.length + 1,
      jobId,
      url,
      genuine,
      ...writeMessage(message, form),
      plannedAt: this.clock.now(),
      state: 'Planned',
      attempts: [],
      verifiedAt: null,
      next: null,
    };
    this.kept.push(notification);
    return notification;
  }

  all(): readonly Notification[] {
    return this.kept;
  }

  /** Sends the message now, in as many copies at once; a genuine one not verified by then is planned again. */
  async send(notification: Notification, copies = 1, faults: string[] = []): Promise<void> {
    if (notification.verifiedAt !== null) return;
    notification.next?.cancel();
    notification.next = null;
    notification.state = 'Sent';
    await Promise.all(Array.from({ length: copies }, () => this.sendOne(notification, faults)));
    this.planAgain(notification);
  }

  /** Behaves as if the delivery had been lost on its way. */
  lose(notification: Notification): void {
    notification.attempts.push({
      sentAt: this.clock.now(),
      durationMs: 0,
      status: null,
      resultCode: null,
      answer: '',
      failure: 'lost on the way',
      sent: false,
    });
    this.planAgain(notification);
  }

  close(notification: Notification): void {
    notification.verifiedAt ??= this.clock.now();
    notification.state = 'Verified';
    notification.next?.cancel();
    notification.next = null;
  }

  private async sendOne(notification: Notification, faults: string[]): Promise<void> {
    const attempt: DeliveryAttempt = {
      sentAt: this.clock.now(),
      durationMs: 0,
      status: null,
      resultCode: null,
      answer: '',
      failure: 'waiting for the answer',
      sent: true,
    };
    notification.attempts.push(attempt);
    const startedRealMs = performance.now();
    const answer = await deliver(notification.url, notification.contentType, notification.body, this.settings);
    Object.assign(attempt, answer, { durationMs: Math.round(performance.now() - startedRealMs) });
    const { event, status } = notification.members;
    this.log.record({
      at: new Date(attempt.sentAt).toISOString(),
      direction: 'out',
      method: 'POST',
      path: shortenedUrl(notification.url),
      status: attempt.status,
      durationMs: attempt.durationMs,
      note: `job ${notification.jobId} ${event} ${status} ${attempt.failure ?? attempt.resultCode}`,
      faults,
    });
  }

  private planAgain(notification: Notification): void {
    // A forged one has no session that could stay open.
    if (notification.verifiedAt !== null || !notification.genuine) return;
    const { attempts } = notification;
    const lastGood = attempts.findLastIndex((attempt) => attempt.failure === null);
    const dueAt = nextResendAt(
      {
        firstSentAt: attempts[0]?.sentAt ?? this.clock.now(),
        nowAt: this.clock.now(),
        failuresInARow: attempts.length - 1 - lastGood,
        delivered: attempts.filter((attempt) => attempt.failure === null).length,
      },
      this.settings.resendAfterFailureMs,
      this.random,
    );
    notification.next?.cancel();
    notification.next = dueAt === null ? null : this.clock.schedule(dueAt, () => this.send(notification));
    if (dueAt === null) notification.state = 'GivenUp';
  }
}
