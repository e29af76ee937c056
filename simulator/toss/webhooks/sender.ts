import { shortenedUrl, type CallLog } from '../../shared/call-log';
import type { SimulatorClock } from '../../shared/clock';
import { MINUTE_MS } from '../../shared/durations';
import { post, type PostSettings } from '../../shared/http/post';
import { seoulTime } from '../times';
import type { WebhookMessage } from './message';

/** After the try before; the last is 3 days and 19 hours after the first. */
export const RETRY_MINUTES = [1, 4, 16, 64, 256, 1024, 4096];

/** Sends messages, and each again by the table until an answer is exactly 200. */
export class WebhookSender {
  constructor(
    private readonly settings: PostSettings,
    private readonly clock: SimulatorClock,
    private readonly log: CallLog,
  ) {}

  /** Sends it now, in as many copies at once. */
  async send(message: WebhookMessage, copies = message.copies): Promise<void> {
    message.next?.cancel();
    message.next = null;
    const retried = message.attempts.length;
    await Promise.all(Array.from({ length: copies }, () => this.sendOne(message, retried)));
    this.planAgain(message);
  }

  /** Behaves as if the delivery had been lost on its way. */
  lose(message: WebhookMessage): void {
    message.attempts.push({ sentAt: this.clock.now(), status: null, failure: 'lost on the way' });
    this.planAgain(message);
  }

  private async sendOne(message: WebhookMessage, retried: number): Promise<void> {
    const attempt: WebhookMessage['attempts'][number] = { sentAt: this.clock.now(), status: null, failure: 'waiting' };
    message.attempts.push(attempt);
    const startedRealMs = performance.now();
    const headers = {
      'Content-Type': 'application/json',
      'tosspayments-webhook-transmission-time': seoulTime(attempt.sentAt),
      'tosspayments-webhook-transmission-retried-count': String(retried),
      'tosspayments-webhook-transmission-id': message.transmissionId,
    };
    const answer = await post(message.url, headers, message.body, this.settings);
    if ('failure' in answer) attempt.failure = answer.failure;
    else {
      attempt.status = answer.status;
      attempt.failure = answer.status === 200 ? null : `answered ${answer.status}`;
    }
    this.log.record({
      at: new Date(attempt.sentAt).toISOString(),
      direction: 'out',
      method: 'POST',
      path: shortenedUrl(message.url),
      status: attempt.status,
      durationMs: Math.round(performance.now() - startedRealMs),
      note: `${message.event} ${message.orderId ?? ''} ${attempt.failure ?? 'delivered'}`,
      faults: message.faults,
    });
  }

  private planAgain(message: WebhookMessage): void {
    if (message.attempts.some(({ failure }) => failure === null)) {
      message.state = 'Delivered';
      return;
    }
    // Copies that left together are one try.
    const tries = new Set(message.attempts.map(({ sentAt }) => sentAt)).size;
    const minutes = RETRY_MINUTES[tries - 1];
    message.state = minutes === undefined ? 'GivenUp' : 'Planned';
    if (minutes === undefined) return;
    message.next = this.clock.schedule(this.clock.now() + minutes * MINUTE_MS, () => this.send(message, 1));
  }
}
