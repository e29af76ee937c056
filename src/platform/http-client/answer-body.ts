import { Readable } from 'node:stream';
import type { UnansweredReason } from './http-exchange';
import { SilenceTimer } from './silence-timer';

/** The body of an answer ended before its end. */
export class BodyInterruptedError extends Error {
  override readonly name = 'BodyInterruptedError';

  constructor(readonly reason: UnansweredReason) {
    super(`the answer's body was interrupted: ${reason}`);
  }
}

/**
 * The body of an answer that ends with {@link BodyInterruptedError} when the other side falls silent, or takes longer for
 * all of it than it may.
 *
 * Only silence while the reader is waiting counts: a reader that stops to write to a slow disk is not the server's
 * fault, and a time-out of the socket can't tell the two apart.
 */
export class AnswerBody extends Readable {
  private timer: SilenceTimer | undefined;
  private readonly limit: NodeJS.Timeout | undefined;

  constructor(
    private readonly source: Readable,
    private readonly idleMs: number,
    private readonly signal: AbortSignal | undefined,
    /** What is left of the time for the whole exchange; `undefined`: no limit. */
    withinMs: number | undefined,
  ) {
    super();
    if (withinMs !== undefined) {
      this.limit = setTimeout(() => this.destroy(new BodyInterruptedError('too-slow')), Math.max(0, withinMs));
    }
    source.on('data', (chunk: Buffer) => this.receive(chunk));
    source.on('end', () => this.push(null));
    source.on('error', () => this.interrupt());
    source.on('close', () => this.interrupt());
    source.pause();
  }

  override _read(): void {
    this.timer ??= new SilenceTimer(this.idleMs, () => this.destroy(new BodyInterruptedError('idle-timeout')));
    this.source.resume();
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.disarm();
    clearTimeout(this.limit);
    if (!this.source.readableEnded) this.source.destroy();
    done(error);
  }

  private receive(chunk: Buffer): void {
    this.disarm();
    if (this.push(chunk)) this._read();
    else this.source.pause();
  }

  private interrupt(): void {
    if (this.source.readableEnded || this.destroyed) return;
    this.destroy(new BodyInterruptedError(this.signal?.aborted === true ? 'aborted' : 'connection-lost'));
  }

  private disarm(): void {
    this.timer?.clear();
    this.timer = undefined;
  }
}
