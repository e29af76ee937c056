import type { ChildProcess } from 'node:child_process';
import { answerOf, startProcess } from './processes';
import type { LoadOrder, LoadResult } from './processes/load-generator';

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
