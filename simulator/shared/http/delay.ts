import { setTimeout as sleep } from 'node:timers/promises';

/** Real time, because it is the client's patience that is being tried. */
export function delay(realMs: number): Promise<void> {
  return sleep(realMs, undefined, { ref: false });
}
