import { seoulDateAt } from '../../../../src/kernel/seoul-calendar';
import type { CrashWorld } from '../crash-world';

const DAY_MS = 24 * 60 * 60 * 1000;

/** Has the day before compared, as a person does. */
export async function tieOut(world: CrashWorld, _name: string, gatewayAccount = 'toss'): Promise<void> {
  const day = seoulDateAt(new Date(world.now().getTime() - DAY_MS));
  const response = await world.post('admin/v1/tie-outs', 'application/json', JSON.stringify({ gatewayAccount, day }));
  if (!response.ok) throw new Error(`the tie-out answered ${response.status}`);
}

/** Lets the hour come when the day before is compared by itself. */
export function passDay(world: CrashWorld): Promise<void> {
  world.pass(DAY_MS / 1000);
  return Promise.resolve();
}
