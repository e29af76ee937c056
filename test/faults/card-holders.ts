import type { SeededRandom } from '../../simulator/shared/seeded';
import { ADMIN_KEY } from '../support/service-environment';
import { DECLINED_CARDS } from './buyers';
import { Errand, asked, forCustomers, ledBack, type Answer, type ErrandStep } from './errand';
import type { FaultWorld } from './fault-world';
import type { Replica } from './replica';

const DECLINED_SHARE = 0.25;
const REPLACED_SHARE = 0.3;
const REMOVED_SHARE = 0.15;
const LOST_SHARE = 0.15;

interface Registration {
  id: string;
  state: string;
  checkoutToken: string;
  paymentMethodId: string | null;
  code?: string;
}

/** A subscriber who registers a card, has the subscription paid by it, and perhaps replaces it, takes it away, or loses it. */
export function drawCardHolder(world: FaultWorld, name: string, customer: string, random: SeededRandom): Errand {
  const holder = new CardHolder(world, customer);
  const card = random.next() < DECLINED_SHARE ? DECLINED_CARDS[random.below(DECLINED_CARDS.length)] : undefined;
  const steps = [...holder.registers(1, card), holder.paysByIt()];
  if (random.next() < REPLACED_SHARE) steps.push(...holder.registers(2));
  const drawn = random.next();
  if (drawn < REMOVED_SHARE) steps.push(holder.takesItAway());
  else if (drawn < REMOVED_SHARE + LOST_SHARE) steps.push(holder.losesIt());
  const errand = new Errand(name, steps);
  holder.errand = errand;
  return errand;
}

/** One customer of a subscription, with the card of the moment. */
class CardHolder {
  errand: Errand | undefined;
  private methodId: string | null = null;
  /** By which Toss knows whose the card of the moment is. */
  private customerKey = '';

  constructor(
    private readonly world: FaultWorld,
    private readonly customer: string,
  ) {}

  /** @param time the first, or the one that replaces it */
  registers(time: number, card?: string): ErrandStep[] {
    let registration: Registration | undefined;
    let back: string | null = null;
    return [
      async (replica) => {
        const replaces = this.methodId === null ? {} : { replaces: this.methodId };
        const order = { customerReference: this.customer, gatewayAccount: 'toss', expiresInMinutes: 600, ...replaces };
        const asked = { ...order, returnUrl: 'https://shop.example/card' };
        const key = { 'Idempotency-Key': `${this.customer}-${time}` };
        const { status, body } = await this.shop<Registration>(
          replica,
          'POST',
          'payment-method-registrations',
          asked,
          key,
        );
        if (status >= 300) return false;
        registration = body;
        return true;
      },
      async (replica) => {
        const reached = forCustomers(this.world, replica);
        if (reached === undefined || registration === undefined) return false;
        const url = `${reached.url}/checkout/v1/registrations/${registration.checkoutToken}/window`;
        const { status, body } = await asked<{ window: { customerKey: string } }>(url, { method: 'POST' });
        if (status >= 300) return this.givesUp();
        const { toss } = this.world.simulator;
        this.customerKey = body.window.customerKey;
        const { id } = toss.openBilling({ method: 'CARD', ...body.window });
        back = toss.pay(id, card === undefined ? {} : { card }).redirectUrl;
        return true;
      },
      async (replica) => {
        const reached = forCustomers(this.world, replica);
        return reached !== undefined && back !== null && (await ledBack(reached, back)) !== undefined;
      },
      async (replica) => {
        const path = `payment-method-registrations/${registration?.id}`;
        const { status, body } = await this.shop<Registration>(replica, 'GET', path);
        if (status >= 300 || body.state === 'Issuing' || body.state === 'Open') return false;
        if (body.paymentMethodId === null) return this.givesUp();
        this.methodId = body.paymentMethodId;
        return true;
      },
    ];
  }

  /** Refused while it is not the time for it, or the subscription is over: then it is paid as before. */
  paysByIt(): ErrandStep {
    return async (replica) => {
      const [subscription] = await this.world.rows<{ id: string }>(
        'SELECT id FROM subscription WHERE customer_reference = $1',
        [this.customer],
      );
      const path = `subscriptions/${subscription?.id}/payment-method`;
      await this.shop(replica, 'PUT', path, { paymentMethodId: this.methodId });
      return true;
    };
  }

  takesItAway(): ErrandStep {
    return async (replica) => {
      await this.shop(replica, 'POST', `payment-methods/${this.methodId}/remove`, { reason: 'customer asked' });
      return true;
    };
  }

  /** The card company ends it, and nobody has asked for that here. */
  losesIt(): ErrandStep {
    return () => {
      const { toss } = this.world.simulator;
      const keys = toss.billingKeys().filter(({ customerKey }) => customerKey === this.customerKey);
      for (const { billingKey } of keys) toss.deleteBillingKey(billingKey);
      return Promise.resolve(true);
    };
  }

  private shop<Body>(
    replica: Replica,
    method: string,
    path: string,
    body?: object,
    more: Record<string, string> = {},
  ): Promise<Answer<Body>> {
    const headers = { Authorization: `Bearer ${ADMIN_KEY}`, 'Content-Type': 'application/json', ...more };
    const init = body === undefined ? { method, headers } : { method, headers, body: JSON.stringify(body) };
    return asked<Body>(`${replica.url}/admin/v1/${path}`, init);
  }

  private givesUp(): boolean {
    return this.errand?.giveUp() ?? true;
  }
}
