/** What an answer says of a second person that it waits for. */
interface Waiting {
  what: string;
  /** The call with which that person agrees. */
  method: string;
  address: string;
}

/** As far as the things look that the API answers a change with. */
interface Answered {
  id?: string;
  state?: string;
  heldBy?: string | null;
  because?: string;
}

/**
 * A change that needs a second person is answered with what waits: an approval, or the refund, the billing run or the
 * job that is held.
 */
export function waitingOf(answer: Answered): Waiting | undefined {
  const { id = '', state, heldBy, because } = answer;
  const agreeing = (what: string, path: string): Waiting => ({ what, method: 'POST', address: `/admin/v1/${path}` });
  if (state === 'Waiting' && because !== undefined) return agreeing(`approval ${id}`, `approvals/${id}/approve`);
  if (state === 'AwaitingRelease') return agreeing(`refund ${id}`, `refunds/${id}/release`);
  if (state === 'AwaitingConfirmation') return agreeing(`billing run ${id}`, `billing-runs/${id}/confirm`);
  if (state !== 'Created' || !/awaits (a second person|confirmation)/.test(heldBy ?? '')) return undefined;
  return { what: `job ${id}`, method: 'GET', address: '/admin/v1/approvals?state=Waiting' };
}
