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
const DEPOSIT_SHARE = 0.4;
/** Who wants to pay into an account that is not there yet looks so often; then they leave. */
const MOST_TRIES_TO_DEPOSIT = 10;

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
  (buyer) => [buyer.opens(), buyer.pays(0), buyer.forges(0), buyer.comesBack(0)],
  // Leaves after paying, or before.
  (buyer) => [buyer.opens(), buyer.pays(0)],
  (buyer) => [buyer.opens(), buyer.closes(0)],
];

/** Who has an account issued, and pays into it: at once, never, or with a bank that takes the money back. */
const DEPOSIT_STORIES: readonly Story[] = [
  (buyer) => [...buyer.hasAccountIssued(), buyer.deposits(0)],
  (buyer) => [...buyer.hasAccountIssued(), buyer.deposits(0), buyer.comesBack(0)],
  (buyer) => [...buyer.hasAccountIssued(), buyer.deposits(0), buyer.takesBack(0), buyer.deposits(0)],
  (buyer) => [...buyer.hasAccountIssued(), buyer.deposits(0), buyer.takesBack(0)],
  (buyer) => [...buyer.hasAccountIssued(), buyer.deposits(0), buyer.takesBack(0), buyer.comesBack(0)],
  (buyer) => [...buyer.hasAccountIssued(1)],
  (buyer) => [...buyer.hasAccountIssued(1), buyer.deposits(0)],
];

/**
 * A customer who buys something in the gateway's window, drawn from a seed: pays by card or into an account, is declined, leaves, lies,
 * or does it all twice.
 */
export function drawBuyer(world: FaultWorld, name: string, random: SeededRandom): Errand {
  const story = drawStory(random);
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

function drawStory(random: SeededRandom): Story {
  if (random.next() < DEPOSIT_SHARE) return DEPOSIT_STORIES[random.below(DEPOSIT_STORIES.length)] as Story;
  return STORIES[random.next() < 0.5 ? random.below(FULL_STORY) : random.below(STORIES.length)] as Story;
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

  opens(more: object = { method: 'CARD' }): ErrandStep {
    return this.atShop(async (replica) => {
      const url = `${replica.url}/checkout/v1/orders/${this.token}/windows`;
      const { status, body } = await asked<{ code: string; window: Window }>(url, { method: 'POST' });
      if (status >= 300) return body.code === 'order-over' ? this.givesUp() : false;
      this.windows.push(body.window);
      this.atGateway(() => {
        const amount = { currency: 'KRW', value: body.window.amount };
        this.world.simulator.toss.openPayment({ ...more, ...body.window, amount });
        return null;
      });
      return true;
    });
  }

  pays(at: number, card?: string): ErrandStep {
    return this.inWindow(at, (id) => this.world.simulator.toss.pay(id, card === undefined ? {} : { card }).redirectUrl);
  }

  /** @param validHours how long one may pay into it; left out: as long as accounts are good for */
  hasAccountIssued(validHours?: number): ErrandStep[] {
    const virtualAccount = validHours === undefined ? {} : { validHours };
    const account = { bank: '20', customerName: '이손님' };
    return [
      this.opens({ method: 'VIRTUAL_ACCOUNT', virtualAccount }),
      this.inWindow(0, (id) => this.world.simulator.toss.pay(id, account).redirectUrl),
      this.comesBack(0),
    ];
  }

  /** Pays into the account, as soon as it is there. */
  deposits(at: number): ErrandStep {
    let tries = 0;
    return this.atBank(
      at,
      (id) => this.world.simulator.toss.deposit(id),
      () => (tries += 1) > MOST_TRIES_TO_DEPOSIT,
    );
  }

  /** The bank takes the deposit back, and the account waits again. */
  takesBack(at: number): ErrandStep {
    return this.atBank(
      at,
      (id) => this.world.simulator.toss.reverseDeposit(id),
      () => true,
    );
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
    return this.comesBackWith(at, 'amount', '100');
  }

  /** Comes back with a payment that the gateway has never heard of. */
  forges(at: number): ErrandStep {
    return this.comesBackWith(at, 'paymentKey', 'forged');
  }

  private comesBackWith(at: number, member: string, lie: string): ErrandStep {
    return this.atShop(async (replica) => {
      const back = this.back.get(at);
      if (back === undefined) return true;
      const address = new URL(back);
      address.searchParams.set(member, lie);
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

  /** @param leaves whether who can't do it yet leaves it */
  private atBank(at: number, act: (orderId: string) => unknown, leaves: () => boolean): ErrandStep {
    return () => {
      const window = this.windows[at];
      const isDone =
        window === undefined ||
        this.atGateway(() => {
          act(window.orderId);
          return 'done';
        }) !== null;
      return Promise.resolve(isDone || leaves());
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
