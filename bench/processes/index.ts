import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

/** Starts one of the programs of this folder; it ends with us. */
export function startProcess(
  name: 'load-generator' | 'bare-listener' | 'subscriptions',
  ...parameters: string[]
): ChildProcess {
  const child = fork(join(__dirname, `${name}.js`), parameters);
  process.once('exit', () => child.kill());
  return child;
}

/** The next message of a program. @throws when it ends without one */
export async function answerOf<Answer>(child: ChildProcess): Promise<Answer> {
  const ended = once(child, 'exit').then(() => Promise.reject(new Error('a process of the benchmark ended early')));
  const [answer] = (await Promise.race([once(child, 'message'), ended])) as [Answer];
  return answer;
}
