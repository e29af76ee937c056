import type { ServerResponse } from 'node:http';
import type { OrderStep } from '../../order';
import { HEARTBEAT, eventOf } from './event-text';

/** Why a stream ended. */
export type StreamEnd = 'over' | 'age' | 'shutdown' | 'unread' | 'left';

/** So many bytes may wait for a browser that does not read them; an event has a few hundred. */
const MOST_UNREAD_BYTES = 64 * 1024;

/** One answer that goes on: what becomes of an order, as long as its customer looks. */
export class LiveStream {
  /** Why we have ended it; `undefined`: the other end has, or nobody. */
  endedBy: StreamEnd | undefined;
  private beatAtMs: number;
  private hasUnread = false;

  /**
   * @param nowMs as all of these times, of the process's own clock that only goes forward
   * @param endsAtMs when it is old enough
   */
  constructor(
    private readonly response: ServerResponse,
    private readonly beatEveryMs: number,
    nowMs: number,
    private readonly endsAtMs: number,
  ) {
    this.beatAtMs = nowMs + beatEveryMs;
  }

  /** Tells a step; its end is the stream's. */
  tell(step: OrderStep): void {
    this.write(eventOf(step));
    if (step.isEnd) this.end('over');
  }

  write(text: string): void {
    if (this.endedBy !== undefined) return;
    this.response.write(text);
    if (this.response.writableLength > MOST_UNREAD_BYTES) this.drop();
  }

  /** Says that we are there where that is due. Who has not taken in for a whole heartbeat what was written before is given up. */
  beat(nowMs: number): void {
    if (nowMs >= this.endsAtMs) return this.end('age');
    if (nowMs < this.beatAtMs) return;
    this.beatAtMs = nowMs + this.beatEveryMs;
    const isUnread = this.response.writableLength > 0;
    if (isUnread && this.hasUnread) return this.drop();
    this.hasUnread = isUnread;
    if (!isUnread) this.write(HEARTBEAT);
  }

  /** Ends it in order, which the browser takes as a reason to come back. */
  end(why: StreamEnd): void {
    if (this.endedBy !== undefined) return;
    this.endedBy = why;
    this.response.end();
  }

  /** Ends it at once, whatever has not been taken in. */
  drop(): void {
    this.endedBy ??= 'unread';
    this.response.destroy();
  }
}
