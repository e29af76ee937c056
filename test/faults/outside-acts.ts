import type { SeededRandom } from '../../simulator/shared/seeded';
import type { FaultWorld } from './fault-world';

const WORDS = ['DONE', 'CANCELED', 'PARTIAL_CANCELED', 'ABORTED', 'EXPIRED', 'NEVER_HEARD_OF'];
/** Nobody has ever bought it. */
const NO_ORDER = 'O999-1-0000000000000000';

/** What comes from nobody of ours, done at once. */
type OutsideAct = [what: string, act: () => Promise<void>];

/**
 * What happens to payments at Toss that this service has not asked for: somebody of the merchant's gives a part back in Toss's own
 * console, a message comes again, or a stranger sends one that is made up.
 */
export function drawOutsideAct(world: FaultWorld, random: SeededRandom): OutsideAct | undefined {
  const { toss } = world.simulator;
  const entries = toss.bookEntries();
  const paid = entries.filter(({ approvals, amount, canceledAmount }) => approvals > 0 && canceledAmount < amount);
  const given = paid[random.below(paid.length)];
  const told = toss.webhooks();
  const again = told[random.below(told.length)];
  const named = entries[random.below(entries.length)]?.orderId ?? NO_ORDER;
  const status = WORDS[random.below(WORDS.length)];
  const acts: OutsideAct[] = [];
  if (given !== undefined) {
    const cancelAmount = 1 + random.below(given.amount - given.canceledAmount);
    acts.push([
      `console cancellations: ${cancelAmount} won of ${given.orderId}`,
      () => Promise.resolve(toss.cancelInConsole(given.orderId, { cancelAmount })),
    ]);
  }
  if (again !== undefined) {
    acts.push([
      `messages again: ${again.id}`,
      async () => void (await toss.sendWebhook(again.id, 1 + random.below(2))),
    ]);
  }
  const data = { orderId: named, status, paymentKey: 'forged', totalAmount: 1 };
  acts.push([
    `forged messages: ${named} is ${status}`,
    () => world.forgeWebhook({ eventType: 'PAYMENT_STATUS_CHANGED', createdAt: '2027-03-15T10:00:00.000000', data }),
  ]);
  return acts[random.below(acts.length)];
}
