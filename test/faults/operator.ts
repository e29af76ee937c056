import { SeededRandom, seedOf } from '../../simulator/shared/seeded';
import { drawChangeOfMind } from './changes-of-mind';
import { ENGAGE, decided, decisionsOf, type Act } from './desk';
import type { FaultWorld } from './fault-world';
import { drawMistake } from './mistakes';
import type { Replica } from './replica';

const LATE_SHARE = 0.3;
const REFUND_SHARE = 0.6;
const FULL_SHARE = 0.4;
const STOP_SHARE = 0.06;
const CHANGE_SHARE = 0.15;
const MISTAKE_SHARE = 0.25;
const KINDS: Readonly<Record<Act['method'], string>> = { POST: '', PATCH: 'change ', DELETE: 'release ' };
const CUSTOMERS_ACCOUNT = { bank: '신한', accountNumber: '110123456789', holderName: '이손님' };
/** Made when everything else has come to rest, and all that waits lies on the desk. */
const MOST_LATE_MISTAKES = 6;

/**
 * Whoever works with the admin API in a schedule: orders refunds of random charges, and decides what waits for a person,
 * carefully, but sometimes so late that it is not as it was when they asked T store. Now and then somebody makes a mistake, or
 * a customer has changed their mind.
 */
export class Operator {
  /** Made up their mind, and not done yet. */
  private readonly late: Act[] = [];
  private orders = 0;
  private mistakesLeft: number;
  private readonly random: SeededRandom;

  constructor(
    seed: number,
    private readonly world: FaultWorld,
    private readonly note: (kind: string, what: string) => void,
  ) {
    this.random = new SeededRandom(seedOf(seed, 'operator'));
    this.mistakesLeft = this.random.below(MOST_LATE_MISTAKES + 1);
  }

  /** @param random draws what they do this time; of its own, so that nothing else is drawn meanwhile */
  async act(replica: Replica, random: SeededRandom): Promise<void> {
    if (random.next() < STOP_SHARE) return this.ask(replica, ENGAGE);
    if (random.next() < CHANGE_SHARE) return this.changeMind(replica, random);
    if (random.next() < MISTAKE_SHARE) return this.mistake(replica, random);
    if (random.next() < REFUND_SHARE) return this.orderRefund(replica, random);
    const act = random.next() < 0.5 ? this.late.shift() : undefined;
    if (act !== undefined) return this.ask(replica, act);
    const decisions = await decisionsOf(this.world);
    const decision = decisions[random.below(decisions.length)];
    if (decision === undefined) return;
    if (random.next() < LATE_SHARE) this.late.push(decision);
    else await this.ask(replica, decision);
  }

  /**
   * Decides on all that waits, what was put off first, and mistakes before all. Bills nobody again: that is nothing that
   * must be done.
   */
  async clearDesk(replica: Replica): Promise<void> {
    if (this.mistakesLeft-- > 0) await this.mistake(replica, this.random);
    for (const act of this.late.splice(0)) await this.ask(replica, act);
    for (const act of await decisionsOf(this.world)) if (!act.path.endsWith('/rebill')) await this.ask(replica, act);
  }

  private async mistake(replica: Replica, random: SeededRandom): Promise<void> {
    const act = await drawMistake(this.world, random);
    if (act !== undefined) await this.ask(replica, act, 'mistake: ');
  }

  private async changeMind(replica: Replica, random: SeededRandom): Promise<void> {
    const act = await drawChangeOfMind(this.world, random);
    if (act === undefined) return;
    await this.ask(replica, act, 'customer: ');
    // What is sent from now on is sent later than that by the clock too.
    this.world.clock.advanceSeconds(1);
  }

  private async orderRefund(replica: Replica, random: SeededRandom): Promise<void> {
    const paid = await this.world.rows<{ orderNo: string; amount: number; isByDeposit: boolean }>(
      `SELECT charge.order_no AS "orderNo", charge.amount::float8 AS amount,
         EXISTS (SELECT FROM deposit_account JOIN direct_payment ON direct_payment.id = direct_payment_id
           WHERE direct_payment.charge_id = charge.id) AS "isByDeposit"
       FROM charge JOIN settlement ON settlement.charge_id = charge.id AND settlement.refund_id IS NULL
       WHERE settlement.kind = 'paid' ORDER BY charge.id`,
    );
    const charge = paid[random.below(paid.length)];
    if (charge === undefined) return;
    const amount = random.next() < FULL_SHARE ? undefined : 1 + random.below(charge.amount);
    const reference = `order-${(this.orders += 1)}`;
    const account = charge.isByDeposit ? CUSTOMERS_ACCOUNT : undefined;
    await this.ask(replica, decided(`charges/${charge.orderNo}/refunds`, { amount, reference, account }));
  }

  private async ask(replica: Replica, act: Act, prefix = ''): Promise<void> {
    const { status, text } = await this.world.ask(replica, act);
    const kind = `${prefix}${KINDS[act.method]}${act.path.split('/').at(-1)?.replace(/^\d+$/, 'terms')}`;
    this.note(
      `${kind}${status < 300 ? '' : ', refused'}`,
      `${act.path} ${JSON.stringify(act.body)}: ${status} ${text}`,
    );
  }
}
