import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Notes which process may stop the server. A server whose owner was killed lives on; whoever finds it next owns it.
 *
 * @returns whether this process is the owner now; not if another one is that still lives
 */
export function becomeOwner(directory: string): boolean {
  const file = fileIn(directory);
  if (existsSync(file)) {
    const recorded = readFileSync(file, 'utf8');
    const pid = Number(recorded.split(' ', 1)[0]);
    if (pid !== process.pid && recorded === identityOf(pid)) return false;
  }
  recordOwner(directory);
  return true;
}

/** Notes that this process started the server; whoever owned an earlier one has nothing to do with it. */
export function recordOwner(directory: string): void {
  writeFileSync(fileIn(directory), identityOf(process.pid));
}

function fileIn(directory: string): string {
  return join(directory, 'owner');
}

/** Process id and start: ids are used again. */
function identityOf(pid: number): string {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return `${pid} gone`;
  }
  return `${pid} ${startOf(pid)}`;
}

/** The process's start as Linux counts it; other systems say nothing and rely on the id. */
function startOf(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The command's name, in parentheses, may hold spaces.
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
  } catch {
    return '';
  }
}
