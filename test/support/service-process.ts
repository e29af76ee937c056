import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { built } from './built';
import { processEnvironment } from './process-environment';
import { until } from './until';

const PROGRAM = built('src/main');

/** The service as an operator runs it: a process of its own, from what is built. */
export class ServiceProcess {
  readonly output: string[] = [];
  readonly errors: string[] = [];
  readonly ended: Promise<{ code: number | null; signal: NodeJS.Signals | null }>;

  private constructor(private readonly child: ChildProcess) {
    child.stdout?.setEncoding('utf8').on('data', (text: string) => this.output.push(text));
    child.stderr?.setEncoding('utf8').on('data', (text: string) => this.errors.push(text));
    this.ended = once(child, 'close').then(([code, signal]) => ({ code, signal }) as never);
  }

  /** @param settings all the process sees of an environment, but for the path to programs */
  static start(settings: NodeJS.ProcessEnv): ServiceProcess {
    return new ServiceProcess(spawnNode([PROGRAM], settings, ['ignore', 'pipe', 'pipe']));
  }

  /** The same, with a script that is loaded before the service and takes orders of the test. */
  static startWith(preload: string, settings: NodeJS.ProcessEnv): ServiceProcess {
    return new ServiceProcess(spawnNode(['--require', preload, PROGRAM], settings, ['ignore', 'pipe', 'pipe', 'ipc']));
  }

  /** Tells the preloaded script something; one that was killed has nobody to hear it. */
  order(message: string | { freezeAt: string } | { aheadSeconds: number }): void {
    if (this.child.connected) this.child.send(message);
  }

  /** Hears what the preloaded script tells. */
  onMessage(hear: (message: unknown) => void): void {
    this.child.on('message', hear);
  }

  get hasEnded(): boolean {
    return this.child.exitCode !== null || this.child.signalCode !== null;
  }

  get log(): string {
    return this.output.join('');
  }

  get complaint(): string {
    return this.errors.join('');
  }

  /** @returns the address, as soon as it listens */
  async url(): Promise<string> {
    return until('the service listens', async () => {
      if (this.child.exitCode !== null)
        throw new Error(`ended with ${this.child.exitCode}: ${this.complaint}${this.log}`);
      return /"url":"(http[^"]+)"/.exec(this.log)?.[1];
    });
  }

  signal(name: NodeJS.Signals): void {
    this.child.kill(name);
  }
}

function spawnNode(args: string[], settings: NodeJS.ProcessEnv, stdio: ('ignore' | 'pipe' | 'ipc')[]): ChildProcess {
  return spawn(process.execPath, args, { env: processEnvironment(settings), stdio });
}
