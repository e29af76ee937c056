import { fork } from 'node:child_process';
import { createInterface } from 'node:readline';
import { join } from 'node:path';

/** The simulator in a process of its own, so that its work does not count as ours. */
export interface BenchSimulator {
  baseUrl: string;
  /** Sends waiting notifications now. */
  deliverNotifications(): Promise<void>;
  stop(): void;
}

export async function startBenchSimulator(...flags: string[]): Promise<BenchSimulator> {
  const program = join(__dirname, '..', 'simulator', 'main.js');
  const child = fork(program, ['--port', '0', '--quiet', ...flags], { silent: true });
  child.stderr?.pipe(process.stderr);
  const stop = () => void child.kill();
  process.once('exit', stop);
  for await (const line of createInterface({ input: child.stdout as NodeJS.ReadableStream })) {
    const baseUrl = /simulator at (http:\S+)/.exec(line)?.[1];
    if (baseUrl === undefined) continue;
    const deliverNotifications = async () => {
      const answer = await fetch(`${baseUrl}/_simulator/notifications/deliver`, { method: 'POST' });
      if (!answer.ok) throw new Error(`the simulator answered ${answer.status}`);
    };
    return { baseUrl, deliverNotifications, stop };
  }
  throw new Error('the simulator did not start');
}
