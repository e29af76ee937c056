import type { SimulatorClock } from '../clock';
import type { OutgoingMessage } from './message';
import type { MessageSender } from './sender';

/** A message kept back for order's sake goes out by itself in the end. */
const LONGEST_HOLD_MS = 30 * 60_000;

/** What becomes of a message on its way. */
export interface MessagePlan {
  delayMs: number;
  /** The first delivery never leaves. */
  isLost: boolean;
  /** Held back until a later one was sent. */
  isHeld: boolean;
}

/** What a gateway knows of a message before it is sent. */
export type NewMessage<M extends OutgoingMessage> = Omit<M, 'id' | 'state' | 'attempts' | 'next'>;

/** All messages of a gateway: planned, sent, held back and given up. */
export class MessageOutbox<M extends OutgoingMessage> {
  private readonly kept: M[] = [];
  private held: M[] = [];

  constructor(
    private readonly clock: SimulatorClock,
    private readonly sender: MessageSender<M>,
  ) {}

  all(): readonly M[] {
    return this.kept;
  }

  /** Sends it when it is due. */
  plan(wanted: NewMessage<M>, { delayMs, isLost, isHeld }: MessagePlan): void {
    const message = this.add(wanted);
    message.next = this.clock.schedule(this.clock.now() + delayMs, () => {
      message.next = null;
      if (isLost) return this.sender.lose(message);
      return isHeld ? this.hold(message) : this.send(message);
    });
  }

  /** Sends it once, at once, whatever is answered. */
  async sendOnce(wanted: NewMessage<M>): Promise<M> {
    const message = this.add(wanted);
    await this.sender.send(message);
    message.next?.cancel();
    message.next = null;
    return message;
  }

  /** Sends one message again, whatever came of it. */
  sendAgain(message: M, copies: number): Promise<void> {
    return this.sender.send(message, copies);
  }

  /** Sends what waits and fits, due or not, and resolves with how many messages that were. */
  async deliver(fits: (message: M) => boolean): Promise<number> {
    const waiting = this.kept.filter((message) => message.next !== null && fits(message));
    // In the order in which they were caused: a listener that wants another order arms a fault.
    for (const message of waiting) await message.next?.runNow();
    return waiting.length;
  }

  private add(wanted: NewMessage<M>): M {
    const planned = { id: this.kept.length + 1, state: 'Planned', attempts: [], next: null };
    // `wanted` and `planned` are all that a message is.
    const message = { ...wanted, ...planned } as unknown as M;
    this.kept.push(message);
    return message;
  }

  private hold(message: M): void {
    message.state = 'Held';
    message.next = this.clock.schedule(this.clock.now() + LONGEST_HOLD_MS, () => {
      this.held = this.held.filter((one) => one !== message);
      return this.sender.send(message);
    });
    this.held.push(message);
  }

  /** What was held back for a later one goes after it. */
  private async send(message: M): Promise<void> {
    await this.sender.send(message);
    for (const earlier of this.held.splice(0)) await this.sender.send(earlier);
  }
}
