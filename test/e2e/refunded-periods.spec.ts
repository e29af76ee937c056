import { seoulDate } from '../../src/kernel/seoul-calendar';
import { Database, type SqlSession } from '../../src/platform/database';
import { BillingRunPlanning } from '../../src/billing-run';
import { startWorld, type BillingWorld } from '../support/billing-world';
import {
  billOn,
  chargesOf,
  historyOf,
  moveTo,
  send,
  settleAll,
  subscribe,
  subscriptionRow,
} from '../support/subscribers';
import { askRefund, refundInState } from '../support/refunds';
import { until } from '../support/until';
import { whileOpen } from '../support/while-open';

/** What a refund means to a subscription. */
describe('refunds of periods', () => {
  let world: BillingWorld;
  let database: Database;

  beforeAll(async () => {
    world = await startWorld({ simulator: { declineRate: 0, notificationDelayMs: 3_600_000 } });
    database = world.service.app.get(Database);
  });

  afterAll(() => world.close());

  const cancel = (id: string, when: string) => send(world, 'POST', `subscriptions/${id}/cancel`, { when });

  const orderNoOf = (id: string, period: string): string => `B${period.replaceAll('-', '')}-${id}-1`;

  /** Gives the charge of a period back, or a part of it, as an operator does. */
  async function refund(id: string, period: string, amount?: number): Promise<void> {
    const { status, body } = await askRefund(world, orderNoOf(id, period), amount);
    expect(status).toBe(202);
    await refundInState(world, body.id, 'Refunded');
  }

  it('take back the days they paid for, and neither end the subscription nor bill the period again', async () => {
    const id = await subscribe(world, 'back', '2027-01-05');
    const other = await subscribe(world, 'undisturbed', '2027-01-05');
    await billOn(world, '2027-01-05');
    await billOn(world, '2027-02-05');
    const untouched = await subscriptionRow(world, other);
    moveTo(world, '2027-02-10');
    await refund(id, '2027-02-05');
    expect(await subscriptionRow(world, id)).toEqual({
      state: 'Active',
      next: '2027-03-05',
      paidThrough: '2027-02-05',
    });
    expect(await subscriptionRow(world, other)).toEqual(untouched);
    await billOn(world, '2027-02-20');
    expect(await chargesOf(world, id)).toEqual(['2027-01-05 5500', '2027-02-05 5500']);
    await billOn(world, '2027-03-05');
    expect(await subscriptionRow(world, id)).toEqual({
      state: 'Active',
      next: '2027-04-05',
      paidThrough: '2027-04-05',
    });
    expect(await chargesOf(world, id)).toEqual(['2027-01-05 5500', '2027-02-05 5500', '2027-03-05 5500']);
    const { body } = await world.get(`subscriptions/${id}`);
    expect(body.history.at(-1)).toMatchObject({
      cause: 'period refunded',
      fromState: 'Active',
      toState: 'Active',
      changes: {
        refundedPeriod: { from: null, to: '2027-02-05' },
        paidThroughOn: { from: '2027-03-05', to: '2027-02-05' },
      },
    });
    await cancel(id, 'now');
    await cancel(other, 'now');
  });

  it('leave the customer paid through the latest period that is still paid for, however many are given back', async () => {
    const id = await subscribe(world, 'many', '2027-04-30', { anchorDay: 31 });
    await billOn(world, '2027-04-30');
    await send(world, 'POST', `subscriptions/${id}/pause`);
    moveTo(world, '2027-07-01');
    await send(world, 'POST', `subscriptions/${id}/resume`);
    await billOn(world, '2027-07-31');
    await billOn(world, '2027-08-31');
    const paidThrough = async (): Promise<string | null> => (await subscriptionRow(world, id)).paidThrough;
    expect(await paidThrough()).toBe('2027-09-30');
    await refund(id, '2027-07-31');
    expect(await paidThrough()).toBe('2027-09-30');
    await refund(id, '2027-08-31');
    expect(await paidThrough()).toBe('2027-05-31');
    await refund(id, '2027-04-30');
    expect(await subscriptionRow(world, id)).toEqual({ state: 'Active', next: '2027-09-30', paidThrough: null });
    expect((await historyOf(world, id)).filter((entry) => entry.endsWith('period refunded'))).toHaveLength(3);
    await cancel(id, 'now');
  });

  it('leave a subscription that is over, or is to be at the period’s end, as it is', async () => {
    const over = await subscribe(world, 'over', '2027-10-01');
    const ending = await subscribe(world, 'ending', '2027-10-01');
    await billOn(world, '2027-10-01');
    await cancel(over, 'now');
    await cancel(ending, 'period-end');
    await refund(over, '2027-10-01');
    await refund(ending, '2027-10-01');
    expect(await subscriptionRow(world, over)).toEqual({ state: 'Canceled', next: '2027-11-01', paidThrough: null });
    expect(await subscriptionRow(world, ending)).toEqual({ state: 'Active', next: '2027-11-01', paidThrough: null });
    await billOn(world, '2027-11-01');
    expect((await subscriptionRow(world, ending)).state).toBe('Canceled');
    expect(await chargesOf(world, ending)).toHaveLength(1);
  });

  it('don’t hide a period that is paid at the same moment', async () => {
    const id = await subscribe(world, 'at-once', '2027-12-01');
    await billOn(world, '2027-12-01');
    moveTo(world, '2028-01-01');
    await world.service.app.get(BillingRunPlanning).plan(seoulDate('2028-01-01'));
    let refunding: Promise<void> = Promise.resolve();
    const locked = (session: SqlSession) => session.rows('SELECT FROM subscription WHERE id = $1 FOR UPDATE', [id]);
    await whileOpen(database, locked, async () => {
      const settled = settleAll(world);
      await waiters(1);
      refunding = refund(id, '2027-12-01');
      await waiters(2);
      void settled.catch(() => undefined);
    });
    await refunding;
    await settleAll(world);
    expect(await subscriptionRow(world, id)).toEqual({
      state: 'Active',
      next: '2028-02-01',
      paidThrough: '2028-02-01',
    });
  });

  it('mean nothing while a part is left, and all of it when nothing is', async () => {
    const id = await subscribe(world, 'parts', '2028-03-01');
    await billOn(world, '2028-03-01');
    await refund(id, '2028-03-01', 5_000);
    expect(await subscriptionRow(world, id)).toMatchObject({ state: 'Active', paidThrough: '2028-04-01' });
    expect((await historyOf(world, id)).at(-1)).toBe(' > Active: subscribed');
    await refund(id, '2028-03-01', 500);
    expect(await subscriptionRow(world, id)).toEqual({ state: 'Active', next: '2028-04-01', paidThrough: null });
    expect((await historyOf(world, id)).at(-1)).toBe('Active > Active: period refunded');
  });

  /** Until so many sessions wait for a lock that somebody else holds. */
  function waiters(count: number): Promise<true> {
    return until(`${count} wait for the subscription`, async () => {
      const waiting = await database.rows(
        "SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'",
      );
      return waiting.length >= count || undefined;
    });
  }
});
