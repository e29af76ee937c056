import type { SeededRandom } from '../../simulator/shared/seeded';
import type { Act } from './desk';
import type { FaultWorld } from './fault-world';

/** It matters most to who has a charge that is not sent yet. */
const PENDING_SHARE = 0.8;

interface Subscription {
  id: string;
  state: string;
  isEnding: boolean;
  isPending: boolean;
}

/**
 * What a customer asks for, whatever waits to be sent to them just then: to be canceled now or at the period's end, to have a
 * pause, or to go on after all.
 */
export async function drawChangeOfMind(world: FaultWorld, random: SeededRandom): Promise<Act | undefined> {
  const subscriptions = await world.rows<Subscription>(
    `SELECT id, state, cancel_at_period_end AS "isEnding", EXISTS (
         SELECT FROM charge JOIN bulk_payment_job AS job ON job.id = charge.bulk_payment_job_id
         WHERE charge.subscription_id = subscription.id AND job.state = 'Created'
         UNION ALL
         SELECT FROM charge JOIN direct_payment AS payment ON payment.charge_id = charge.id
         WHERE charge.subscription_id = subscription.id AND payment.state = 'Pending') AS "isPending"
     FROM subscription WHERE state NOT IN ('Canceled', 'Expired') ORDER BY id`,
  );
  const pending = subscriptions.filter(({ isPending }) => isPending);
  const among = pending.length > 0 && random.next() < PENDING_SHARE ? pending : subscriptions;
  const subscription = among[random.below(among.length)];
  if (subscription === undefined) return undefined;
  const path = `subscriptions/${subscription.id}`;
  if (subscription.state === 'Paused') return { method: 'POST', path: `${path}/resume`, body: {} };
  if (subscription.isEnding) return { method: 'PATCH', path, body: { cancelAtPeriodEnd: false } };
  const acts: Act[] = [
    { method: 'POST', path: `${path}/pause`, body: {} },
    { method: 'POST', path: `${path}/cancel`, body: { when: 'period-end' } },
    { method: 'POST', path: `${path}/cancel`, body: { when: 'now' } },
  ];
  return acts[random.below(acts.length)];
}
