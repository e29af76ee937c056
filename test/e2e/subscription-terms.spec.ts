import { seoulDate } from '../../src/kernel/seoul-calendar';
import { Database } from '../../src/platform/database';
import { startWorld, type BillingWorld } from '../support/billing-world';
import { billOn, carrierPrice, chargesOf, historyOf, subscribe, subscriptionRow } from '../support/subscribers';

describe('what a subscription’s terms mean to billing', () => {
  let world: BillingWorld;
  let database: Database;

  beforeAll(async () => {
    world = await startWorld({ simulator: { declineRate: 0 } });
    database = world.service.app.get(Database);
  });

  afterAll(() => world.close());

  const bill = (date: string): Promise<void> => billOn(world, date);

  it('bills nothing in a trial, and first on the day the trial is over', async () => {
    const id = await subscribe(world, 'trial', '2027-01-17', { trialUntil: seoulDate('2027-01-31') });
    await bill('2027-01-30');
    expect(await chargesOf(world, id)).toEqual([]);
    await bill('2027-01-31');
    expect(await chargesOf(world, id)).toEqual(['2027-01-31 5500']);
    expect(await subscriptionRow(world, id)).toEqual({
      state: 'Active',
      next: '2027-02-28',
      paidThrough: '2027-02-28',
    });
  });

  it('bills a customer’s own price instead of the product’s', async () => {
    const own = await subscribe(world, 'own-price', '2027-02-01', { priceOverride: carrierPrice(3_300) });
    const list = await subscribe(world, 'list-price', '2027-02-01');
    await bill('2027-02-01');
    expect(await chargesOf(world, own)).toEqual(['2027-02-01 3300']);
    expect(await chargesOf(world, list)).toEqual(['2027-02-01 5500']);
  });

  it('bills no period that begins on the last day or later, and then lets the subscription expire', async () => {
    const id = await subscribe(world, 'ending', '2027-02-02', { endsOn: seoulDate('2027-03-02') });
    await bill('2027-02-02');
    await bill('2027-03-01');
    expect(await subscriptionRow(world, id)).toEqual({
      state: 'Active',
      next: '2027-03-02',
      paidThrough: '2027-03-02',
    });
    await bill('2027-03-02');
    await bill('2027-03-03');
    expect(await chargesOf(world, id)).toEqual(['2027-02-02 5500']);
    expect(await subscriptionRow(world, id)).toEqual({
      state: 'Expired',
      next: '2027-03-02',
      paidThrough: '2027-03-02',
    });
    expect(await historyOf(world, id)).toEqual([' > Active: subscribed', 'Active > Expired: end reached']);
  });

  it('lets a subscription expire that is past due or paused when the end has come, and none that is over', async () => {
    const endsOn = seoulDate('2027-03-20');
    const pastDue = await subscribe(world, 'ends-past-due', '2027-03-10', { endsOn });
    world.simulator.control.follow({ declineOrderNos: [`B20270310-${pastDue}-1`] });
    await bill('2027-03-10');
    const paused = await subscribe(world, 'ends-paused', '2027-03-11', { endsOn });
    const later = await subscribe(world, 'ends-later', '2027-03-11', { endsOn: seoulDate('2027-03-22') });
    const over = await subscribe(world, 'ends-over', '2027-03-11', { endsOn });
    await database.execute("UPDATE subscription SET state = 'Paused' WHERE id = ANY ($1)", [[paused, later]]);
    await database.execute("UPDATE subscription SET state = 'Canceled' WHERE id = $1", [over]);
    await bill('2027-03-20');
    const states = await Promise.all([pastDue, paused, later, over].map((id) => subscriptionRow(world, id)));
    expect(states.map(({ state }) => state)).toEqual(['Expired', 'Expired', 'Paused', 'Canceled']);
    expect((await historyOf(world, pastDue)).at(-1)).toBe('PastDue > Expired: end reached');
    expect(await historyOf(world, paused)).toEqual([' > Active: subscribed', 'Paused > Expired: end reached']);
  });

  it('bills a period before the end that was missed, although the end has come', async () => {
    const id = await subscribe(world, 'missed', '2027-03-04', { endsOn: seoulDate('2027-03-05') });
    await bill('2027-03-06');
    expect(await chargesOf(world, id)).toEqual(['2027-03-04 5500']);
    expect(await subscriptionRow(world, id)).toEqual({
      state: 'Expired',
      next: '2027-04-04',
      paidThrough: '2027-04-04',
    });
  });

  it('bills not again who asked to be canceled at the period’s end, and cancels when it has come', async () => {
    const id = await subscribe(world, 'leaving', '2027-03-07');
    await bill('2027-03-07');
    await database.execute('UPDATE subscription SET cancel_at_period_end = true WHERE id = $1', [id]);
    await bill('2027-04-06');
    expect((await subscriptionRow(world, id)).state).toBe('Active');
    await bill('2027-04-07');
    expect(await chargesOf(world, id)).toEqual(['2027-03-07 5500']);
    expect((await subscriptionRow(world, id)).state).toBe('Canceled');
    expect(await historyOf(world, id)).toEqual([' > Active: subscribed', 'Active > Canceled: canceled at period end']);
  });

  it.each([
    ['an own price in part', 'amount_override = 1, carrier_amount_override = 1', 'subscription_override_whole'],
    [
      'parts of no price',
      'carrier_amount_override = 1, credit_card_amount_override = 1, tmembership_amount_override = 1',
      'subscription_override_whole',
    ],
    ['a trial that is over before it begins', 'trial_until = started_on', 'subscription_trial_after_start'],
    ['an end before the start', 'ends_on = started_on', 'subscription_ends_after_start'],
    ['a billing date in the trial', 'trial_until = next_billing_on + 1', 'subscription_bills_after_trial'],
  ])('the database refuses %s', async (_name, change, constraint) => {
    await expect(database.execute(`UPDATE subscription SET ${change}`)).rejects.toThrow(constraint);
  });

  it('bills every so many months, on the anchor day or the last day of a shorter month', async () => {
    const id = await subscribe(world, 'every-two', '2027-12-31', { anchorDay: 31, intervalMonths: 2 });
    for (const date of ['2027-12-31', '2028-01-31', '2028-02-28', '2028-02-29', '2028-03-31', '2028-04-29']) {
      await bill(date);
    }
    expect(await chargesOf(world, id)).toEqual(['2027-12-31 5500', '2028-02-29 5500']);
    expect(await subscriptionRow(world, id)).toEqual({
      state: 'Active',
      next: '2028-04-30',
      paidThrough: '2028-04-30',
    });
  });
});
