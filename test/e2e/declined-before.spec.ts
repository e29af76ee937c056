import { startWorld, type BillingWorld, type JsonBody } from '../support/billing-world';
import { cardSubscriber, paymentIn } from '../support/payment-methods';
import { PRODUCT, planOn } from '../support/subscribers';
import { until } from '../support/until';

/** A card's decline is held against Toss's record when it comes, and once more before the same period is charged again. */
describe('a subscription whose card was declined', () => {
  let world: BillingWorld;
  let days = new Date('2027-01-05T00:00:00Z');

  beforeAll(async () => {
    world = await startWorld({ toss: true, simulator: { declineRate: 0 } });
  });

  afterEach(() => {
    world.simulator.toss.disarmAllFaults();
    world.simulator.toss.forgetDeclines();
  });
  afterAll(() => world.close());

  /** Each test has days of its own, ten after those of the test before. */
  function nextDay(): string {
    days = new Date(days.getTime() + 10 * 86_400_000);
    return days.toISOString().slice(0, 10);
  }

  const subscriber = (customer: string, startedOn: string) => cardSubscriber(world, customer, startedOn);
  const approvals = (orderNo: string): number =>
    world.simulator.toss.bookOfOrder(orderNo).reduce((sum, entry) => sum + entry.approvals, 0);
  const after = (day: string, more: number): string =>
    new Date(Date.parse(`${day}T00:00:00Z`) + more * 86_400_000).toISOString().slice(0, 10);

  it('is not tried again where Toss has what it declined, and denied when it was looked up', async () => {
    const day = nextDay();
    const { id, orderNo } = await subscriber('caught', day);
    const refused = { code: 'REJECT_CARD_PAYMENT', status: 403 };
    world.simulator.toss.armFault({ kind: 'answer-refused', call: 'billing-charge', options: refused });
    world.simulator.toss.armFault({ kind: 'lookup-absent', call: 'lookup', times: 1 });
    await planOn(world, day);
    await paymentIn(world, orderNo(day), 'Declined');
    await planOn(world, after(day, 3));
    const stop = await until('the line is stopped', async () => {
      const { items } = (await world.get('line-stops?kind=paid-after-all&state=Open')).body;
      return items.find(({ evidence }: JsonBody) => evidence.orderNo === orderNo(day));
    });
    expect(stop).toMatchObject({ subscriptionId: id, evidence: { foundAmount: PRODUCT.amount } });
    await paymentIn(world, orderNo(day, 2), 'Pending');
    expect([approvals(orderNo(day)), approvals(orderNo(day, 2))]).toEqual([1, 0]);
  });

  it('waits to be tried again while what was declined before can’t be looked up', async () => {
    const day = nextDay();
    const { customerKey, orderNo } = await subscriber('patient', day);
    world.simulator.toss.declineApprovals({ customerKey, code: 'REJECT_CARD_PAYMENT', times: 1 });
    await planOn(world, day);
    await paymentIn(world, orderNo(day), 'Declined');
    const away = world.simulator.toss.armFault({ kind: 'call-failing', call: 'lookup', times: 1_000 });
    await planOn(world, after(day, 3));
    const waiting = await until('it waits', async () => {
      const payment = await paymentIn(world, orderNo(day, 2), 'Pending');
      return payment.retry?.error?.includes('declined before') === true ? payment : undefined;
    });
    expect(waiting.retry.error).toContain(orderNo(day));
    world.simulator.toss.disarmFault(away.id);
    await until('it is paid', async () => {
      world.clock.advanceSeconds(30);
      const { items } = (await world.get('direct-payments?state=Paid')).body;
      return items.find((one: JsonBody) => one.orderNo === orderNo(day, 2));
    });
    expect([approvals(orderNo(day)), approvals(orderNo(day, 2))]).toEqual([0, 1]);
  });
});
