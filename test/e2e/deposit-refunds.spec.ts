import { Database } from '../../src/platform/database';
import { startWorld, type BillingWorld, type JsonAnswer, type JsonBody } from '../support/billing-world';
import { refundInState } from '../support/refunds';
import { send } from '../support/subscribers';
import { awaitedOrder, paidOrder } from '../support/toss-orders';
import { until } from '../support/until';

const ACCOUNT = { bank: '신한', accountNumber: '110123456789', holderName: '김손님' };

/** What was paid by a deposit goes back to an account that the customer names, through the same desk as any refund. */
describe('a deposit that is given back', () => {
  let world: BillingWorld;

  beforeAll(async () => {
    // A deposit counts at once here.
    world = await startWorld({ toss: true, environment: { VIRTUAL_ACCOUNT_SETTLE_DELAY_MINUTES: '0' } });
  });
  afterAll(() => world.close());

  async function paid(amount = 15_000): Promise<string> {
    const { id, orderNo } = await awaitedOrder(world, { amount });
    world.simulator.toss.deposit(orderNo);
    const { items } = (await world.get('direct-payments?limit=100')).body;
    const payment = items.find((one: JsonBody) => one.orderNo === orderNo);
    await send(world, 'POST', `direct-payments/${payment.id}/look`, {});
    await until(`order ${id} is paid`, async () =>
      (await world.get(`orders/${id}`)).body.state === 'Paid' ? true : undefined,
    );
    return orderNo;
  }

  const ask = (orderNo: string, more: object): Promise<JsonAnswer> =>
    send(world, 'POST', `charges/${orderNo}/refunds`, { reason: 'customer asked', ...more });

  it('goes to the account, which is stored sealed and shown masked', async () => {
    const orderNo = await paid();
    const asked = await ask(orderNo, { account: ACCOUNT });
    expect([asked.status, asked.body.code]).toEqual([202, undefined]);
    const done = await refundInState(world, asked.body.id, 'Refunded');
    expect(done.receiver).toEqual({ shown: '신한 …6789 김…', transferStatus: 'COMPLETED' });
    expect(world.simulator.toss.bookOfOrder(orderNo)).toMatchObject([{ status: 'CANCELED', canceledAmount: 15_000 }]);
    expect((await world.get(`charges/${orderNo}`)).body.state).toBe('Refunded');
    const rows = await world.service.app
      .get(Database)
      .rows('SELECT row_to_json(refund_account)::text AS dump FROM refund_account');
    const exchanges = (await world.get(`gateway-exchanges?orderNo=${orderNo}`)).body;
    const shown = JSON.stringify([rows, done, exchanges, (await world.get('audit-log?limit=100')).body]);
    expect(shown).not.toContain(ACCOUNT.accountNumber);
    expect(shown).not.toContain(ACCOUNT.holderName);
  });

  it.each(['PENDING', 'FAILED'])('is made while its transfer is %s, and shown as such', async (transferStatus) => {
    const orderNo = await paid();
    world.simulator.toss.setRefundStatus(orderNo, transferStatus);
    const { body } = await ask(orderNo, { account: ACCOUNT });
    expect((await refundInState(world, body.id, 'Refunded')).receiver).toMatchObject({ transferStatus });
  });

  it('is one refund under one reference to one account, and refused under it for another', async () => {
    const orderNo = await paid();
    const reference = 'claim-1';
    const first = await ask(orderNo, { reference, account: ACCOUNT });
    const again = await ask(orderNo, { reference, account: { ...ACCOUNT, bank: '88' } });
    expect([again.status, again.body.id]).toEqual([202, first.body.id]);
    for (const other of [{ accountNumber: '110123456780' }, { holderName: '박손님' }, { bank: '국민' }]) {
      const { status, body } = await ask(orderNo, { reference, account: { ...ACCOUNT, ...other } });
      expect([status, body.code]).toEqual([409, 'refund-reference-used']);
    }
    expect(await ask(orderNo, { reference })).toMatchObject({ status: 400, body: { code: 'invalid-request' } });
  });

  it('tells the second person, where one is needed, to which account', async () => {
    const orderNo = await paid(5_000_000);
    const { body } = await ask(orderNo, { account: ACCOUNT });
    const { items } = (await world.get(`approvals?kind=refund&subjectId=${body.id}`)).body;
    expect(items).toHaveLength(1);
    expect(items[0].summary).toContain('신한 …6789 김…');
  });

  const stopsOf = async (orderNo: string): Promise<string[]> => {
    const { items } = (await world.get('line-stops?state=Open&kind=refund-not-made')).body;
    return items.map(({ violation }: JsonBody) => violation).filter((text: string) => text.includes(orderNo));
  };

  /** Time goes by until a refund's transfer is so, or nobody looks at it any more. */
  const transferred = (id: string, transferStatus: string): Promise<JsonBody> =>
    until(`the transfer of refund ${id} is ${transferStatus}`, async () => {
      world.clock.advanceSeconds(7_200);
      const { body } = await world.get(`refunds/${id}`);
      return body.receiver.transferStatus === transferStatus ? body : undefined;
    });

  it.each(['COMPLETED', 'FAILED', 'PARTIAL_FAILED'])(
    'is looked at until its transfer is %s, which stops the line where it failed',
    async (end) => {
      const orderNo = await paid();
      world.simulator.toss.setRefundStatus(orderNo, 'PENDING');
      const { body } = await ask(orderNo, { account: ACCOUNT });
      await refundInState(world, body.id, 'Refunded');
      expect(await stopsOf(orderNo)).toEqual([]);
      world.simulator.toss.setRefundStatus(orderNo, end);
      expect(await transferred(body.id, end)).toMatchObject({ state: 'Refunded' });
      const said = `refund ${body.id} of order ${orderNo} is made, and its transfer to the customer’s account is ${end}`;
      expect(await stopsOf(orderNo)).toEqual(end === 'COMPLETED' ? [] : [said]);
      expect((await world.get(`charges/${orderNo}`)).body.state).toBe('Refunded');
    },
  );

  it('stops the line where its transfer is on its way for longer than banks take', async () => {
    const orderNo = await paid();
    world.simulator.toss.setRefundStatus(orderNo, 'PENDING');
    const { body } = await ask(orderNo, { account: ACCOUNT });
    await refundInState(world, body.id, 'Refunded');
    const [stop] = await until('the line has stopped', async () => {
      world.clock.advanceSeconds(86_400);
      const stops = await stopsOf(orderNo);
      return stops.length > 0 ? stops : undefined;
    });
    expect(stop).toMatch(/is PENDING$/);
  });

  it('in part is made while Toss says nothing of its transfer', async () => {
    const orderNo = await paid();
    const { body } = await ask(orderNo, { amount: 4_000, account: ACCOUNT });
    expect((await refundInState(world, body.id, 'Refunded')).receiver).toMatchObject({ transferStatus: 'NONE' });
    expect(world.simulator.toss.bookOfOrder(orderNo)).toMatchObject([{ canceledAmount: 4_000 }]);
  });

  it.each([
    ['no account', {}, 'account'],
    ['an unknown bank', { account: { ...ACCOUNT, bank: '없는은행' } }, 'account.bank'],
    ['a number that is no digits', { account: { ...ACCOUNT, accountNumber: '110-123' } }, 'account.accountNumber'],
    ['21 digits', { account: { ...ACCOUNT, accountNumber: '1'.repeat(21) } }, 'account.accountNumber'],
    ['a name too long', { account: { ...ACCOUNT, holderName: '김'.repeat(61) } }, 'account.holderName'],
    ['a list of accounts', { account: [ACCOUNT] }, 'account'],
  ])('is refused with %s, and nothing is stored', async (_what, more, field) => {
    const orderNo = await paid();
    const { status, body } = await ask(orderNo, more);
    expect({ status, code: body.code }).toEqual({ status: 400, code: 'invalid-request' });
    expect(JSON.stringify(body)).toContain(`"${field}"`);
    expect((await world.get(`charges/${orderNo}/refunds`)).body.items).toEqual([]);
  });

  it('is what no card payment is: that goes to no account', async () => {
    const { orderNo } = await paidOrder(world);
    const { status, body } = await ask(orderNo, { account: ACCOUNT });
    expect({ status, code: body.code }).toEqual({ status: 400, code: 'invalid-request' });
    const { body: refund } = await ask(orderNo, {});
    expect((await refundInState(world, refund.id, 'Refunded')).receiver).toBeNull();
  });
});
