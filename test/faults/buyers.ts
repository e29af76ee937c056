import type { SeededRandom } from '../../simulator/shared/seeded';
import { ADMIN_KEY } from '../support/service-environment';
import { Errand, asked, forCustomers, ledBack, type ErrandStep } from './errand';
import type { FaultWorld } from './fault-world';
import type { Replica } from './replica';

/** The simulator's card that is over its limit, and one that its company refuses. */
export const DECLINED_CARDS = ['4330123400003115', '4330123400006118'];
/** Some orders run out while their customers are at the window. */
const MINUTES = [10, 60, 600];
const FULL_STORY = 3;

interface Window {
  orderId: string;
  amount: number;
}

/** What happens to an order, in the order it happens. */
type Story = (buyer: Buyer, random: SeededRandom) => ErrandStep[];

const STORIES: readonly Story[] = [
  (buyer) => [buyer.opens(), buyer.pays(0), buyer.comesBack(0)],
  (buyer) => [buyer.opens(), buyer.pays(0), buyer.comesBack(0, 2), buyer.comesBack(0)],
  (buyer, random) => [
    ...[buyer.opens(), buyer.pays(0, DECLINED_CARDS[random.below(2)]), buyer.comesBack(0)],
    ...[buyer.opens(), buyer.pays(1), buyer.comesBack(1)],
  ],
  (buyer) => [buyer.opens(), buyer.opens(), buyer.pays(0), buyer.pays(1), buyer.comesBack(1), buyer.comesBack(0)],
  (buyer) => [buyer.opens(), buyer.declines(0), buyer.comesBack(0), buyer.opens(), buyer.pays(1), buyer.comesBack(1)],
  (buyer) => [buyer.opens(), buyer.pays(0), buyer.lies(0), buyer.comesBack(0)],
  // Leaves after paying, or before.
  (buyer) => [buyer.opens(), buyer.pays(0)],
  (buyer) => [buyer.opens(), buyer.closes(0)],
];

/** A customer who buys something in the gateway's window, drawn from a seed: pays, is declined, leaves, lies, or does it all twice. */
export function drawBuyer(world: FaultWorld, name: string, random: SeededRandom): Errand {
  const story = STORIES[random.next() < 0.5 ? random.below(FULL_STORY) : random.below(STORIES.length)] as Story;
  const order = {
    ...{ reference: name, gatewayAccount: 'toss', name: '문구 세트', returnUrl: 'https://shop.example/back' },
    ...orderOf(1_000 + 500 * random.below(20)),
    expiresInMinutes: MINUTES[random.below(MINUTES.length)],
  };
  const buyer = new Buyer(world, order);
  const errand: Errand = new Errand(name, [buyer.orders(), ...story(buyer, random)]);
  buyer.errand = errand;
  return errand;
}

function orderOf(amount: number): object {
  return { amount, items: [{ name: '연필', unitAmount: amount }] };
}

/** One order, as its customer and the shop's page have it. */
class Buyer {
  errand: Errand | undefined;
  private token = '';
  private readonly windows: Window[] = [];
  /** Where each window has led, as far as it has. */
  private readonly back = new Map<number, string>();

  constructor(
    private readonly world: FaultWorld,
    private readonly order: object,
  ) {}

  orders(): ErrandStep {
    return async (replica) => {
      const headers = { Authorization: `Bearer ${ADMIN_KEY}`, 'Content-Type': 'application/json' };
      const body = JSON.stringify(this.order);
      const url = `${replica.url}/admin/v1/orders`;
      const answer = await asked<{ checkoutToken: string }>(url, { method: 'POST', headers, body });
      if (answer.status >= 300) return false;
      this.token = answer.body.checkoutToken;
      return true;
    };
  }

  opens(): ErrandStep {
    return this.atShop(async (replica) => {
      const url = `${replica.url}/checkout/v1/orders/${this.token}/windows`;
      const { status, body } = await asked<{ code: string; window: Window }>(url, { method: 'POST' });
      if (status >= 300) return body.code === 'order-over' ? this.givesUp() : false;
      this.windows.push(body.window);
      this.atGateway(() => {
        const amount = { currency: 'KRW', value: body.window.amount };
        this.world.simulator.toss.openPayment({ method: 'CARD', ...body.window, amount });
        return null;
      });
      return true;
    });
  }

  pays(at: number, card?: string): ErrandStep {
    return this.inWindow(at, (id) => this.world.simulator.toss.pay(id, card === undefined ? {} : { card }).redirectUrl);
  }

  declines(at: number): ErrandStep {
    return this.inWindow(at, (id) => this.world.simulator.toss.decline(id).redirectUrl);
  }

  closes(at: number): ErrandStep {
    return this.inWindow(at, (id) => this.world.simulator.toss.close(id).redirectUrl);
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

  /** Comes back with an amount that is not the order's. */
  lies(at: number): ErrandStep {
    return this.atShop(async (replica) => {
      const back = this.back.get(at);
      if (back === undefined) return true;
      const address = new URL(back);
      address.searchParams.set('amount', '100');
      const led = await ledBack(replica, address.href);
      if (led?.includes('state=Paid')) throw new Error('a lie was believed');
      return led !== undefined;
    });
  }

  private inWindow(at: number, act: (orderId: string) => string | null): ErrandStep {
    return () => {
      const window = this.windows[at];
      const back = window && this.atGateway(() => act(window.orderId));
      if (back) this.back.set(at, back);
      return Promise.resolve(true);
    };
  }

  /** What the gateway refuses, such as a window whose time is over, leads nowhere. */
  private atGateway(act: () => string | null): string | null {
    try {
      return act();
    } catch {
      return null;
    }
  }

  private atShop(act: (replica: Replica) => Promise<boolean>): ErrandStep {
    return async (replica) => {
      const reached = forCustomers(this.world, replica);
      return reached === undefined ? false : act(reached);
    };
  }

  private givesUp(): boolean {
    return this.errand?.giveUp() ?? true;
  }
}
