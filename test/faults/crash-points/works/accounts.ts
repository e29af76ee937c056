import { BOOTSTRAP_KEY } from '../../../support/people';
import type { CrashWorld } from '../crash-world';

/** Has an account disabled and enabled by a person who may, after which its credentials are tried anew. */
export async function enableAnew(world: CrashWorld): Promise<void> {
  const headers = { Authorization: `Bearer ${BOOTSTRAP_KEY}`, 'Content-Type': 'application/json' };
  for (const act of ['disable', 'enable']) {
    const body = JSON.stringify({ reason: 'a drill' });
    const response = await world.call(`admin/v1/gateway-accounts/tstore/${act}`, { method: 'POST', headers, body });
    if (!response.ok) throw new Error(`${act} answered ${response.status}`);
  }
}
