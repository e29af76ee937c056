import { shortenedUrl, type CallLog } from '../call-log';
import type { SimulatorClock } from '../clock';
import { MINUTE_MS } from '../durations';
import { post, type PostHeaders, type PostSettings } from '../http/post';
import type { OutgoingMessage } from './message';

/** How a gateway sends: what is its own about a message. */
export interface SendingRules<M extends OutgoingMessage> {
  /** After the try before; whoever answers none of them with 200 is given up. */
  retryMinutes: readonly number[];
  /** A share of each wait that comes on top. */
  jitter?: () => number;
  headersOf: (message: M, sentAt: number, retried: number) => PostHeaders;
  /** What the log says it is about. */
  aboutOf: (message: M) => string;
}

/** Sends messages, and each again by the table until an answer is exactly 200. */
export class MessageSender<M extends OutgoingMessage> {
  constructor(
    private readonly settings: PostSettings,
    private readonly clock: SimulatorClock,
    private readonly log: CallLog,
    private readonly rules: SendingRules<M>,
  ) {}

  /** Sends it now, in as many copies at once. */
  async send(message: M, copies = message.copies): Promise<void> {
    message.next?.cancel();
    message.next = null;
    const retried = message.attempts.length;
    await Promise.all(Array.from({ length: copies }, () => this.sendOne(message, retried)));
    this.planAgain(message);
  }

  /** Behaves as if the delivery had been lost on its way. */
  lose(message: M): void {
    message.attempts.push({ sentAt: this.clock.now(), status: null, answer: null, failure: 'lost on the way' });
    this.planAgain(message);
  }

  private async sendOne(message: M, retried: number): Promise<void> {
    const attempt: M['attempts'][number] = { sentAt: this.clock.now(), status: null, answer: null, failure: 'waiting' };
    message.attempts.push(attempt);
    const startedRealMs = performance.now();
    const headers = this.rules.headersOf(message, attempt.sentAt, retried);
    const answer = await post(message.url, headers, message.body, this.settings);
    if ('failure' in answer) attempt.failure = answer.failure;
    else {
      attempt.status = answer.status;
      attempt.answer = answer.text;
      attempt.failure = answer.status === 200 ? null : `answered ${answer.status}`;
    }
    this.log.record({
      at: new Date(attempt.sentAt).toISOString(),
      direction: 'out',
      method: 'POST',
      path: shortenedUrl(message.url),
      status: attempt.status,
      durationMs: Math.round(performance.now() - startedRealMs),
      note: `${message.event} ${this.rules.aboutOf(message)} ${attempt.failure ?? 'delivered'}`,
      faults: message.faults,
    });
  }

  private planAgain(message: M): void {
    if (message.attempts.some(({ failure }) => failure === null)) {
      message.state = 'Delivered';
      return;
    }
    // Copies that left together are one try.
    const tries = new Set(message.attempts.map(({ sentAt }) => sentAt)).size;
    const minutes = this.rules.retryMinutes[tries - 1];
    message.state = minutes === undefined ? 'GivenUp' : 'Planned';
    if (minutes === undefined) return;
    const waitMs = Math.round(minutes * MINUTE_MS * (1 + (this.rules.jitter?.() ?? 0)));
    message.next = this.clock.schedule(this.clock.now() + waitMs, () => this.send(message, 1));
  }
}
