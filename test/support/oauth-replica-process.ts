import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { built } from './built';
import type { TokenOutcome } from './oauth-replica';
import { processEnvironment } from './process-environment';

export type ReplicaOrder =
  | { id: number; kind: 'get'; callers: number }
  | { id: number; kind: 'advance'; seconds: number }
  | { id: number; kind: 'invalidate'; generation: string }
  | { kind: 'close' };

export type ReplicaAnswer = { ready: true } | { log: string } | { id: number; outcomes: TokenOutcome[] };

const PROGRAM = built('test/support/oauth-replica.process');

/** A replica in a process of its own, which can be killed. */
export class OAuthReplicaProcess {
  readonly logLines: string[] = [];
  private readonly waiting = new Map<number, (outcomes: TokenOutcome[]) => void>();
  private orders = 0;

  private constructor(private readonly child: ChildProcess) {
    child.on('message', (answer: ReplicaAnswer) => {
      if ('log' in answer) this.logLines.push(answer.log);
      if ('id' in answer) this.waiting.get(answer.id)?.(answer.outcomes);
    });
  }

  static async start(environment: NodeJS.ProcessEnv): Promise<OAuthReplicaProcess> {
    const child = fork(PROGRAM, { env: processEnvironment(environment) });
    const replica = new OAuthReplicaProcess(child);
    await Promise.race([once(child, 'message'), once(child, 'exit')]);
    if (child.exitCode !== null) throw new Error(`the replica ended with ${child.exitCode} before it was ready`);
    return replica;
  }

  /** Asks for the token with so many callers at once. */
  get(callers: number): Promise<TokenOutcome[]> {
    return this.order((id) => ({ id, kind: 'get', callers }));
  }

  async advanceSeconds(seconds: number): Promise<void> {
    await this.order((id) => ({ id, kind: 'advance', seconds }));
  }

  async invalidate(generation: string): Promise<void> {
    await this.order((id) => ({ id, kind: 'invalidate', generation }));
  }

  async kill(): Promise<void> {
    const exited = once(this.child, 'exit');
    this.child.kill('SIGKILL');
    await exited;
  }

  /** Stops it in the middle of whatever it does, as a machine that hangs; {@link wake} lets it go on. */
  freeze(): void {
    this.child.kill('SIGSTOP');
  }

  wake(): void {
    this.child.kill('SIGCONT');
  }

  async close(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const exited = once(this.child, 'exit');
    this.child.send({ kind: 'close' } satisfies ReplicaOrder);
    await exited;
  }

  private order(make: (id: number) => ReplicaOrder): Promise<TokenOutcome[]> {
    const id = ++this.orders;
    return new Promise((resolve) => {
      this.waiting.set(id, resolve);
      this.child.send(make(id));
    });
  }
}
