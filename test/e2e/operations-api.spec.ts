import { Database } from '../../src/platform/database';
import { startWorld, type BillingWorld, type JsonBody } from '../support/billing-world';
import { askRefund, paidCharges, refundInState } from '../support/refunds';
import { requestFile } from '../support/request-files';
import { send } from '../support/subscribers';
import { until } from '../support/until';

describe('what an operator needs at any hour', () => {
  let world: BillingWorld;

  beforeAll(async () => {
    world = await startWorld({ simulator: { declineRate: 0 }, environment: { REFUND_RELEASE_ABOVE_WON: '1500' } });
  });

  afterAll(() => world.close());

  it('notifications to the byte, with what PNS said of them', async () => {
    const { body } = await world.upload(requestFile(2, 'n-'));
    const job = await world.settled(body.id);
    const { body: page } = await world.get(`notifications?jobId=${job.id}&state=Verified`);
    const sent = world.simulator.control.notifications().find(({ jobId }) => jobId === job.submission.gatewayJobId);
    expect(page.items).toHaveLength(1);
    const { body: shown } = await world.get(`notifications/${page.items[0].id}`);
    expect(shown).toMatchObject({
      state: 'Verified',
      verdict: { resultCode: '0000' },
      toOwnAddress: true,
      retry: null,
    });
    expect(shown.rawBody.text).toBe(sent?.body);
    expect(Buffer.from(shown.rawBody.base64, 'base64').toString('utf8')).toBe(sent?.body);
    expect(shown.history).toMatchObject([{ fromState: 'Received', toState: 'Verified' }]);
    expect((await world.get('notifications?state=Verified&limit=1')).body.items).toHaveLength(1);
    expect((await world.get(`notifications?jobId=${job.id}&cursor=${shown.id}`)).body.items).toEqual([]);
    expect((await world.get('notifications/999')).body.code).toBe('notification-not-found');
  });

  it('jobs of a day, with actions and links that lead somewhere', async () => {
    const { body: page } = await world.get('bulk-payment-jobs');
    const [job] = page.items;
    const day = new Date(world.clock.now().getTime() + 9 * 3_600_000).toISOString().slice(0, 10);
    expect((await world.get(`bulk-payment-jobs?from=${day}&to=${day}`)).body.items).toEqual(page.items);
    expect((await world.get('bulk-payment-jobs?from=2001-01-01&to=2001-01-31')).body.items).toEqual([]);
    for (const link of Object.values<string>(job.links)) {
      expect([link, (await world.get(link.replace('/admin/v1/', ''))).status]).toEqual([link, 200]);
    }
  });

  it('a result fetched again, while nothing follows from it', async () => {
    const database = world.service.app.get(Database);
    await database.execute(`CREATE TRIGGER stop_loading BEFORE UPDATE ON bulk_payment_job FOR EACH ROW
      WHEN (OLD.result_loaded_at IS NULL AND NEW.result_loaded_at IS NOT NULL) EXECUTE FUNCTION refuse_change()`);
    world.simulator.control.armFault({ kind: 'result-amount-altered' });
    const { body } = await world.upload(requestFile(3, 'again-'));
    const path = `bulk-payment-jobs/${body.id}`;
    const again = () => send(world, 'POST', `${path}/fetch-result-again`, { reason: 'cut off on its way' });
    expect(await again()).toMatchObject({ status: 404, body: { code: 'file-not-ready' } });
    const fetched = await until('loading has failed', async () => {
      await world.simulator.control.deliverNotifications();
      const { body: shown } = await world.get(path);
      return shown.retry && shown.result ? shown : undefined;
    });
    expect(fetched.actions).toEqual(['fetch-result-again']);
    await database.execute('DROP TRIGGER stop_loading ON bulk_payment_job');
    expect((await again()).status).toBe(200);
    const job = await world.settled(body.id);
    // The second file is whole: what was wrong with the first left no trace.
    expect(job).toMatchObject({ actions: [], discrepancies: { open: 0 }, result: { totals: { paid: { count: 3 } } } });
    const resultPath = `/job/${job.submission.gatewayJobId}`;
    const downloads = world.simulator.control.calls().filter((call) => call.path.endsWith(resultPath));
    expect(downloads).toHaveLength(2);
    const late = await again();
    expect(late).toMatchObject({ status: 409, body: { code: 'state-conflict' } });
    expect(late.body.detail).toContain('it is reconciled already');
  });

  it('a summary of the day, the month and what is stuck, each with where to look', async () => {
    world.simulator.control.armFault({ kind: 'result-amount-altered' });
    await world.settled((await world.upload(requestFile(2, 'odd-'))).body.id);
    const [first, second] = (await paidCharges(world, 2, 's-')) as [string, string];
    await refundInState(world, (await askRefund(world, first)).body.id, 'Refunded');
    const { body: held } = await askRefund(world, second);
    expect(held.state).toBe('AwaitingRelease');
    const { body: summary } = await world.get('summary');
    const { body: charges } = await world.get('charges?limit=1000');
    const paid = charges.items.filter((charge: JsonBody) => charge.transactionId !== null);
    expect(summary.today).toMatchObject({ paid: { count: paid.length }, refunded: { count: 1, amount: 1_000 } });
    expect(summary.month.paid).toEqual(summary.today.paid);
    expect(summary.killSwitchEngaged).toBe(false);
    expect(summary.stuck.map((one: JsonBody) => [one.what, one.count])).toEqual([
      ['open discrepancies', 1],
      ['refunds that await release', 1],
    ]);
    for (const { link } of summary.stuck) {
      const { body } = await world.get(link.replace('/admin/v1/', ''));
      expect(body.items).toHaveLength(1);
    }
    await send(world, 'POST', `refunds/${held.id}/cancel`, { reason: 'done' });
    await until('nothing but the discrepancy is stuck', async () => {
      const { body } = await world.get('summary');
      return body.stuck.length === 1 || undefined;
    });
  });
});
