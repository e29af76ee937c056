import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

export type BenchProgram =
  | 'load-generator'
  | 'bare-listener'
  | 'bare-calls'
  | 'subscriptions'
  | 'copy'
  | 'page-reader'
  | 'visitor'
  | 'lister'
  | 'stream-holder'
  | 'bare-streams'
  | `../peers/${string}`;

/** Starts one of the programs of this folder, or of the peers; it ends with us. */
export function startProcess(name: BenchProgram, ...parameters: string[]): ChildProcess {
  const child = fork(join(__dirname, `${name}.js`), parameters);
  const end = (): void => void child.kill();
  process.once('exit', end);
  child.once('exit', () => process.off('exit', end));
  return child;
}

/** The next message of a program. @throws when it ends without one */
export async function answerOf<Answer>(child: ChildProcess): Promise<Answer> {
  const heard = new AbortController();
  const { signal } = heard;
  const message = once(child, 'message', { signal });
  const ended = once(child, 'exit', { signal }).then(() => {
    throw new Error('a process of the benchmark ended early');
  });
  try {
    const [answer] = (await Promise.race([message, ended])) as [Answer];
    return answer;
  } finally {
    heard.abort();
    await Promise.allSettled([message, ended]);
  }
}
