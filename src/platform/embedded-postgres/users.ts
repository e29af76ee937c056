import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * The processes that use a server, a file each: whoever ends last stops it. Those that were killed left their file behind
 * and count no more.
 */
export class ServerUsers {
  private readonly directory: string;

  /** @param directory of the cluster's place */
  constructor(directory: string) {
    this.directory = join(directory, 'users');
  }

  /** Notes that this process uses the server. @returns whether another one does */
  enter(): boolean {
    mkdirSync(this.directory, { recursive: true });
    writeFileSync(this.fileOf(process.pid), startOf(process.pid));
    return this.others() > 0;
  }

  /** @returns whether nobody uses the server any more */
  leave(): boolean {
    rmSync(this.fileOf(process.pid), { force: true });
    return this.others() === 0;
  }

  private others(): number {
    const pids = readdirSync(this.directory).map(Number);
    return pids.filter((pid) => pid !== process.pid && this.lives(pid)).length;
  }

  private lives(pid: number): boolean {
    if (isRunning(pid) && readFileSync(this.fileOf(pid), 'utf8') === startOf(pid)) return true;
    rmSync(this.fileOf(pid), { force: true });
    return false;
  }

  private fileOf(pid: number): string {
    return join(this.directory, String(pid));
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** When a process started, as Linux counts it, for ids are used again; other systems say nothing and rely on the id. */
function startOf(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The command's name, in parentheses, may hold spaces.
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
  } catch {
    return '';
  }
}
