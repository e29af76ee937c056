import type { ChildProcess } from 'node:child_process';
import { answerOf, startProcess } from './processes';

/** Notifications to send, all different, over kept connections; or what an attacker sends. */
export interface LoadOrder {
  address: string;
  sender: 'pns' | 'attacker';
  connections: number;
  requests: number;
  /** Job ids begin here, so that no two orders send the same message. */
  firstJobId: number;
}

export interface LoadResult {
  perSecond: number;
  p99Ms: number;
  medianMs: number;
}

/** Of every message sent from here, and of none of the simulator's. */
export const UPDATE_TIME = '20270101000000';

let nextJobId = 1;

/** Sends to a listener from a process of its own, no message twice. */
export class Load {
  private readonly generator: ChildProcess = startProcess('load-generator');

  send(address: string, order: Omit<LoadOrder, 'address' | 'sender' | 'firstJobId'>): Promise<LoadResult> {
    return this.run({ ...order, address, sender: 'pns' });
  }

  attack(address: string, order: Omit<LoadOrder, 'address' | 'sender' | 'firstJobId'>): Promise<LoadResult> {
    return this.run({ ...order, address, sender: 'attacker' });
  }

  stop(): void {
    this.generator.kill();
  }

  private run(order: Omit<LoadOrder, 'firstJobId'>): Promise<LoadResult> {
    const firstJobId = nextJobId;
    nextJobId += order.requests;
    this.generator.send({ ...order, firstJobId } satisfies LoadOrder);
    return answerOf<LoadResult>(this.generator);
  }
}
