import { exitCodeOf } from '../../cli/exit';
import { programOf } from '../../cli/program';
import { ADMIN_KEY, startWorld, type BillingWorld, type JsonBody } from '../support/billing-world';
import { acceptAsPaid } from '../support/discrepancies';
import { requestFile } from '../support/request-files';
import { billOn, subscribe } from '../support/subscribers';

describe('charges over the admin API', () => {
  let world: BillingWorld;
  let job: JsonBody;

  beforeAll(async () => {
    world = await startWorld({ simulator: { declineRate: 0 } });
    world.simulator.control.follow({ declineOrderNos: ['c-3'] });
    world.simulator.control.armFault({ kind: 'result-amount-altered' });
    job = await world.settled((await world.upload(requestFile(6, 'c-'))).body.id);
  });

  afterAll(() => world.close());

  const orderNos = async (query: string): Promise<string[]> => {
    const { body } = await world.get(`charges?${query}`);
    return body.items.map((charge: JsonBody) => charge.orderNo);
  };

  it('are found by order number, transaction, job and state, newest first, page by page', async () => {
    const [{ orderNo: altered }] = (await world.get('discrepancies')).body.items;
    const all = ['c-5', 'c-4', 'c-3', 'c-2', 'c-1', 'c-0'];
    const paid = all.filter((orderNo) => orderNo !== 'c-3' && orderNo !== altered);
    const [booked] = await world.simulator.control.bookOfOrder(paid[0] as string);
    expect(await orderNos('')).toEqual(all);
    expect(await orderNos(`jobId=${job.id}&state=Paid`)).toEqual(paid);
    expect(await orderNos('state=Declined')).toEqual(['c-3']);
    expect(await orderNos('state=Submitted')).toEqual([altered]);
    expect(await orderNos('state=Pending')).toEqual([]);
    expect(await orderNos(`transactionId=${booked?.tid}`)).toEqual([paid[0]]);
    expect(await orderNos('orderNo=c-2')).toEqual(['c-2']);
    expect(await orderNos('transactionId=nobodys')).toEqual([]);
    const first = await world.get('charges?limit=4');
    const second = await world.get(`charges?limit=4&cursor=${first.body.nextCursor}`);
    expect([...first.body.items, ...second.body.items].map((charge) => charge.orderNo)).toEqual(all);
    expect(second.body.nextCursor).toBeNull();
  });

  it('show what was asked, what became of it, and where each piece of evidence is', async () => {
    const [orderNo] = (await orderNos('state=Paid')) as [string];
    const { body } = await world.get(`charges/${orderNo}`);
    const [booked] = await world.simulator.control.bookOfOrder(orderNo);
    expect(body).toMatchObject({ orderNo, state: 'Paid', transactionId: booked?.tid, amount: booked?.amount });
    for (const [name, link] of Object.entries<string>(body.links)) {
      if (name === 'transaction') continue;
      expect([name, (await world.get(link.replace('/admin/v1/', ''))).status]).toEqual([name, 200]);
    }
    const settlement = await world.get(body.links.settlement.replace('/admin/v1/', ''));
    expect(settlement.body.items).toMatchObject([{ orderNo, kind: 'paid', transactionId: booked?.tid }]);
    expect(JSON.stringify(body)).not.toMatch(/[0-9A-F]{32}/);
  });

  it('name the decision that settled them', async () => {
    const { body: discrepancies } = await world.get('discrepancies?state=Open');
    const [{ id, orderNo }] = discrepancies.items;
    await acceptAsPaid(world, id);
    const { body } = await world.get(`charges/${orderNo}`);
    expect(body).toMatchObject({ state: 'Paid', links: { decision: `/admin/v1/discrepancies/${id}` } });
    expect(body.links.resultFile).toBeUndefined();
    expect(await orderNos('state=Submitted')).toEqual([]);
  });

  it('are found by subscription', async () => {
    const id = await subscribe(world, 'charged', '2031-01-31');
    await billOn(world, '2031-01-31');
    await billOn(world, '2031-02-28');
    expect(await orderNos(`subscriptionId=${id}`)).toEqual([`B20310228-${id}-1`, `B20310131-${id}-1`]);
    expect((await world.get(`charges/B20310228-${id}-1`)).body).toMatchObject({
      subscriptionId: id,
      periodStartOn: '2031-02-28',
      attempt: 1,
      links: { subscription: `/admin/v1/subscriptions/${id}` },
    });
  });

  it.each([
    ['charges?state=Gone', 400, 'invalid-request'],
    ['charges?subscriptionId=x', 400, 'invalid-request'],
    ['charges?orderNo=a%20b', 400, 'invalid-request'],
    ['charges/nobody-asked', 404, 'charge-not-found'],
  ])('GET %s is %i', async (path, status, code) => {
    expect(await world.get(path)).toMatchObject({ status, body: { code } });
  });

  it('are told apart by capitals: orders that differ by them are two, and a wrong one finds nothing', async () => {
    const { body: uploaded } = await world.upload(requestFile(2, 'Case-').replace('Case-1', 'case-0'));
    await world.settled(uploaded.id);
    for (const orderNo of ['Case-0', 'case-0']) {
      expect((await world.get(`charges/${orderNo}`)).body).toMatchObject({ orderNo, state: 'Paid' });
      expect(await orderNos(`orderNo=${orderNo}`)).toEqual([orderNo]);
      const { output } = await cli('inquiry', '--order', orderNo);
      expect(output).toMatch(new RegExp(`^${orderNo}: charged`));
    }
    expect(await world.get('charges/CASE-0')).toMatchObject({ status: 404, body: { code: 'charge-not-found' } });
    expect(await orderNos('orderNo=CASE-0')).toEqual([]);
    expect((await world.get('inquiry?orderNo=CASE-0')).body.items).toEqual([]);
    expect((await world.get('discrepancies?orderNo=C-3')).body.items).toEqual([]);
    expect(await cli('inquiry', '--order', 'CASE-0')).toEqual({ exitCode: 4, output: '' });
    const refund = ['refund', 'CASE-0', '--all', '--reason', 'r', '--yes'];
    expect(await cli(...refund)).toEqual({ exitCode: 4, output: '' });
  });

  async function cli(...args: string[]): Promise<{ exitCode: number; output: string }> {
    let output = '';
    const program = programOf({
      environment: { MERCHANT_BILLING_URL: world.service.url, MERCHANT_BILLING_API_KEY: ADMIN_KEY },
      write: (text) => void (output += text),
      complain: () => undefined,
    });
    try {
      await program.parseAsync(args, { from: 'user' });
      return { exitCode: 0, output };
    } catch (error) {
      return { exitCode: exitCodeOf(error), output };
    }
  }
});
