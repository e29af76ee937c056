import { LineStops } from '../../src/line-stop';
import { Database } from '../../src/platform/database';
import { startWorld, type BillingWorld, type JsonBody } from '../support/billing-world';
import { askRefund, paidCharges, refundInState } from '../support/refunds';
import { requestFile } from '../support/request-files';
import { billOn, send, subscribe } from '../support/subscribers';
import { until } from '../support/until';

/** Actions that are not a POST to an address of their name. */
const UNLIKE: Record<string, (path: string) => string> = {
  change: (path) => `PATCH ${path}`,
  'billing-token': (path) => `PUT ${path}/billing-token`,
  'payment-method': (path) => `PUT ${path}/payment-method`,
  'look-up': (path) => `GET ${path}/transaction`,
  refund: (path) => `POST ${path}/refunds`,
  engage: (path) => `POST ${path}`,
  release: (path) => (path.endsWith('kill-switch') ? `DELETE ${path}` : `POST ${path}/release`),
};

describe('what an operator needs at any hour', () => {
  let world: BillingWorld;

  beforeAll(async () => {
    world = await startWorld({
      simulator: { declineRate: 0 },
      environment: { REFUND_RELEASE_ABOVE_WON: '1500', TSTORE_LOOKUPS_PER_MINUTE: '6000' },
    });
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
    const { body: named } = await world.get(shown.links.job.replace('/admin/v1/', ''));
    expect(named.items).toMatchObject([{ id: job.id }]);
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
    const failing = async (is: boolean) => (await world.get(`bulk-payment-jobs?failing=${is}`)).body.items;
    expect((await failing(true)).map((job: JsonBody) => job.id)).toEqual([body.id]);
    expect((await failing(false)).map((job: JsonBody) => job.id)).not.toContain(body.id);
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

  /** The ids of a list, read page by page. */
  async function pagedIds(resource: string): Promise<string[]> {
    const ids: string[] = [];
    for (let cursor: string | null = ''; cursor !== null;) {
      const { body } = await world.get(`${resource}?limit=5${cursor && `&cursor=${cursor}`}`);
      ids.push(...body.items.map(({ id }: JsonBody) => id));
      cursor = body.nextCursor;
    }
    return ids;
  }

  it('for everything what may be done with it, as the API has it, and evidence that is there', async () => {
    const subscriptionId = await subscribe(world, 'a customer', '2027-01-05');
    await billOn(world, '2027-01-05');
    const evidence = { periodStartOn: '2027-01-05', payments: [] };
    const violations = {
      sql: `SELECT 'period-paid-twice' AS kind, NULL::bigint AS bulk_payment_job_id, $1::bigint AS subscription_id,
        'planted' AS violation, $2::jsonb AS evidence`,
      parameters: [subscriptionId, JSON.stringify(evidence)],
    };
    const { app } = world.service;
    await app.get(Database).transaction((session) => app.get(LineStops).raise(session, violations, 'test'));

    const resources = [
      'bulk-payment-jobs',
      'charges',
      'discrepancies',
      'refunds',
      'approvals',
      'notifications',
      'billing-runs',
    ];
    const shown: JsonBody[] = [(await world.get('kill-switch')).body];
    for (const resource of [...resources, 'products', 'subscriptions', 'line-stops', 'api-keys']) {
      const { items } = (await world.get(`${resource}?limit=1000`)).body;
      expect([resource, items.length]).not.toEqual([resource, 0]);
      expect([resource, await pagedIds(resource)]).toEqual([resource, items.map(({ id }: JsonBody) => id)]);
      shown.push(...items);
    }
    const links = new Set<string>(shown.flatMap((one) => Object.values(one.links)));
    const [charge] = (await world.get(`charges?subscriptionId=${subscriptionId}`)).body.items;
    const [answer] = (await world.get(`inquiry?orderNo=${charge.orderNo}`)).body.items;
    for (const { link } of answer.evidence) links.add(link);
    for (const link of links) {
      expect([link, (await world.get(link.replace('/admin/v1/', ''))).status]).toEqual([link, 200]);
    }
    const { paths } = (await (await fetch(`${world.service.url}/docs-json`)).json()) as JsonBody;
    const routes = Object.entries<object>(paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method.toUpperCase()} ${path.replaceAll(/\{\w+\}/g, '*')}`),
    );
    for (const { links: own, actions } of shown) {
      const path = own.self.replace(/(\/admin\/v1\/[\w-]+)\/.+/, '$1/*');
      for (const action of actions) expect(routes).toContain(UNLIKE[action]?.(path) ?? `POST ${path}/${action}`);
    }
    for (const { method, href } of answer.actions) {
      expect(routes).toContain(`${method} ${href.replace(/(\/admin\/v1\/[\w-]+)\/[^/]+/, '$1/*')}`);
    }
  });

  it('jobs taken back while they are about to be sent: unsent for ever, or sent and refused to be taken back', async () => {
    const races = await Promise.all(
      Array.from({ length: 8 }, async (_, at) => {
        const { body } = await world.upload(requestFile(1, `race-${at}-`));
        const canceled = await send(world, 'POST', `bulk-payment-jobs/${body.id}/cancel`, { reason: 'at once' });
        return { status: canceled.status, job: await world.settled(body.id), orderNo: `race-${at}-0` };
      }),
    );
    for (const { status, job, orderNo } of races) {
      const booked = await world.simulator.control.bookOfOrder(orderNo);
      const ends = [
        [200, 'Failed', 0],
        [409, 'VerifiedCompleted', 1],
      ];
      expect(ends).toContainEqual([status, job.state, booked.length]);
    }
    expect(await world.simulator.control.repeatedOrders()).toEqual([]);
  });
});
