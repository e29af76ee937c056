import type { SeededRandom } from '../../simulator/shared/seeded';
import { ADMIN_KEY } from '../support/service-environment';
import { Errand, asked, forCustomers, ledBack, type ErrandStep } from './errand';
import type { FaultWorld } from './fault-world';
import type { Replica } from './replica';

const MINUTES = [10, 60, 600];
const FULL_STORY = 2;
const ENDED_SHARE = 0.25;
const REPLACED_SHARE = 0.25;
const REMOVED_SHARE = 0.15;
const RETURN_URL = 'https://shop.example/back';

/** What happens to an order in KakaoPay's pages, in the order it happens. */
type Story = (buyer: Buyer) => ErrandStep[];

const STORIES: readonly Story[] = [
  (buyer) => [buyer.opens(), buyer.pays(0), buyer.comesBack(0)],
  (buyer) => [buyer.opens(), buyer.pays(0), buyer.comesBack(0, 2), buyer.comesBack(0)],
  (buyer) => [buyer.opens(), buyer.opens(), buyer.pays(0), buyer.pays(1), buyer.comesBack(1), buyer.comesBack(0)],
  (buyer) => [buyer.opens(), buyer.leaves(0), buyer.comesBack(0), buyer.opens(), buyer.pays(1), buyer.comesBack(1)],
  (buyer) => [buyer.opens(), buyer.fails(0), buyer.comesBack(0), buyer.opens(), buyer.pays(1), buyer.comesBack(1)],
  (buyer) => [buyer.opens(), buyer.pays(0), buyer.forges(0), buyer.comesBack(0)],
  // Leaves after agreeing, or before.
  (buyer) => [buyer.opens(), buyer.pays(0)],
  (buyer) => [buyer.opens(), buyer.leaves(0)],
];

/** A customer who buys something by KakaoPay, drawn from a seed: pays, leaves, fails, lies, or does it all twice. */
export function drawKakaopayBuyer(world: FaultWorld, name: string, random: SeededRandom): Errand {
  const story = STORIES[random.below(random.next() < 0.5 ? FULL_STORY : STORIES.length)] as Story;
  const amount = 1_000 + 500 * random.below(20);
  const order = {
    ...{ reference: name, gatewayAccount: 'kakaopay', name: '월간 이용권', returnUrl: RETURN_URL, amount },
    items: [{ name: '이용권', unitAmount: amount }],
    expiresInMinutes: MINUTES[random.below(MINUTES.length)],
  };
  const buyer = new Buyer(world, order);
  const errand: Errand = new Errand(name, [buyer.orders(), ...story(buyer)]);
  buyer.errand = errand;
  return errand;
}

/** A subscriber who registers a SID, has the subscription paid by it, and perhaps replaces it, takes it away, or ends it in KakaoTalk. */
export function drawSidHolder(world: FaultWorld, name: string, customer: string, random: SeededRandom): Errand {
  const holder = new SidHolder(world, customer);
  const steps = [...holder.registers(1), holder.paysByIt()];
  if (random.next() < REPLACED_SHARE) steps.push(...holder.registers(2));
  const drawn = random.next();
  if (drawn < REMOVED_SHARE) steps.push(holder.takesItAway());
  else if (drawn < REMOVED_SHARE + ENDED_SHARE) steps.push(holder.endsIt());
  const errand = new Errand(name, steps);
  holder.errand = errand;
  return errand;
}

/** What the gateway refuses, such as a page whose time is over, leads nowhere. */
function atGateway<Led>(act: () => Led): Led | undefined {
  try {
    return act();
  } catch {
    return undefined;
  }
}

/** One order, as its customer and the shop's page have it. */
class Buyer {
  errand: Errand | undefined;
  private token = '';
  private readonly windows: string[] = [];
  /** Where each window has led, as far as it has. */
  private readonly back = new Map<number, string>();

  constructor(
    private readonly world: FaultWorld,
    private readonly order: object,
  ) {}

  orders(): ErrandStep {
    return async (replica) => {
      const headers = { Authorization: `Bearer ${ADMIN_KEY}`, 'Content-Type': 'application/json' };
      const init = { method: 'POST', headers, body: JSON.stringify(this.order) };
      const answer = await asked<{ checkoutToken: string }>(`${replica.url}/admin/v1/orders`, init);
      if (answer.status >= 300) return false;
      this.token = answer.body.checkoutToken;
      return true;
    };
  }

  opens(): ErrandStep {
    return this.atShop(async (replica) => {
      const url = `${replica.url}/checkout/v1/orders/${this.token}/windows`;
      const { status, body } = await asked<{ code: string; orderNo: string }>(url, { method: 'POST' });
      if (status >= 300) return body.code === 'order-over' ? (this.errand?.giveUp() ?? true) : false;
      this.windows.push(body.orderNo);
      return true;
    });
  }

  pays(at: number): ErrandStep {
    return this.inPage(at, (orderNo) => this.world.simulator.kakaopay.pay(orderNo).redirectUrl);
  }

  leaves(at: number): ErrandStep {
    return this.inPage(at, (orderNo) => this.world.simulator.kakaopay.leave(orderNo).redirectUrl);
  }

  fails(at: number): ErrandStep {
    return this.inPage(at, (orderNo) => this.world.simulator.kakaopay.fail(orderNo).redirectUrl);
  }

  /** @param times at once, as a page does that is opened in two tabs */
  comesBack(at: number, times = 1): ErrandStep {
    return this.atShop(async (replica) => {
      const back = this.back.get(at);
      if (back === undefined) return true;
      const led = await Promise.all(Array.from({ length: times }, () => ledBack(replica, back)));
      return led.every((address) => address !== undefined);
    });
  }

  /** Comes back with a token that KakaoPay never gave. */
  forges(at: number): ErrandStep {
    return this.atShop(async (replica) => {
      const back = this.back.get(at);
      if (back === undefined) return true;
      const address = new URL(back);
      address.searchParams.set('pg_token', 'forged');
      const led = await ledBack(replica, address.href);
      if (led?.includes('state=Paid')) throw new Error('a lie was believed');
      return led !== undefined;
    });
  }

  private inPage(at: number, act: (orderNo: string) => string): ErrandStep {
    return () => {
      const orderNo = this.windows[at];
      const back = orderNo === undefined ? undefined : atGateway(() => act(orderNo));
      if (back !== undefined) this.back.set(at, back);
      return Promise.resolve(true);
    };
  }

  private atShop(act: (replica: Replica) => Promise<boolean>): ErrandStep {
    return async (replica) => {
      const reached = forCustomers(this.world, replica);
      return reached === undefined ? false : act(reached);
    };
  }
}

interface Registration {
  id: string;
  state: string;
  checkoutToken: string;
  paymentMethodId: string | null;
}

/** One customer of a subscription, with the SID of the moment. */
class SidHolder {
  errand: Errand | undefined;
  private methodId: string | null = null;
  /** The payments of nothing by which SIDs were issued. */
  private readonly payments: string[] = [];

  constructor(
    private readonly world: FaultWorld,
    private readonly customer: string,
  ) {}

  /** @param time the first, or the one that replaces it */
  registers(time: number): ErrandStep[] {
    let registration: Registration | undefined;
    let back: string | undefined;
    return [
      async (replica) => {
        const replaces = this.methodId === null ? {} : { replaces: this.methodId };
        const order = {
          customerReference: this.customer,
          gatewayAccount: 'kakaopay',
          expiresInMinutes: 600,
          ...replaces,
        };
        const body = { ...order, returnUrl: RETURN_URL };
        const key = { 'Idempotency-Key': `${this.customer}-sid-${time}` };
        const answer = await this.shop<Registration>(replica, 'POST', 'payment-method-registrations', body, key);
        if (answer.status >= 300) return false;
        registration = answer.body;
        return true;
      },
      async (replica) => {
        const reached = forCustomers(this.world, replica);
        if (reached === undefined || registration === undefined) return false;
        const url = `${reached.url}/checkout/v1/registrations/${registration.checkoutToken}/window`;
        const { status } = await asked(url, { method: 'POST' });
        if (status >= 300) return this.givesUp();
        const { kakaopay } = this.world.simulator;
        const name = `R${registration.id}-`;
        const payment = kakaopay.bookEntries().findLast(({ orderId }) => orderId.startsWith(name));
        if (payment === undefined) return this.givesUp();
        this.payments.push(payment.orderId);
        back = atGateway(() => kakaopay.pay(payment.tid).redirectUrl);
        return back === undefined ? this.givesUp() : true;
      },
      async (replica) => {
        const reached = forCustomers(this.world, replica);
        return reached !== undefined && back !== undefined && (await ledBack(reached, back)) !== undefined;
      },
      async (replica) => {
        const path = `payment-method-registrations/${registration?.id}`;
        const { status, body } = await this.shop<Registration>(replica, 'GET', path);
        if (status >= 300 || body.state === 'Issuing') return false;
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

  /** In KakaoTalk, and nobody is told. */
  endsIt(): ErrandStep {
    return () => {
      const { kakaopay } = this.world.simulator;
      for (const { orderId, sid } of kakaopay.bookEntries()) {
        if (sid !== null && this.payments.includes(orderId)) atGateway(() => kakaopay.endSid(sid));
      }
      return Promise.resolve(true);
    };
  }

  private shop<Body>(replica: Replica, method: string, path: string, body?: object, more: Record<string, string> = {}) {
    const headers = { Authorization: `Bearer ${ADMIN_KEY}`, 'Content-Type': 'application/json', ...more };
    const init = body === undefined ? { method, headers } : { method, headers, body: JSON.stringify(body) };
    return asked<Body>(`${replica.url}/admin/v1/${path}`, init);
  }

  private givesUp(): boolean {
    return this.errand?.giveUp() ?? true;
  }
}
