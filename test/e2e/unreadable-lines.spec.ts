import { startWorld, type BillingWorld, type JsonAnswer, type JsonBody } from '../support/billing-world';
import { acceptAsPaid } from '../support/discrepancies';
import { requestFile } from '../support/request-files';
import { agreed, send } from '../support/subscribers';

describe('a line that can’t be read as a whole', () => {
  let world: BillingWorld;
  let batch = 0;

  beforeAll(async () => {
    world = await startWorld({ simulator: { declineRate: 0 }, environment: { UNPAID_LOOKUP_DAYS: '0' } });
  });

  afterAll(() => world.close());

  const lookUp = (id: string): Promise<JsonAnswer> => send(world, 'POST', `discrepancies/${id}/lookup`, {});
  const close = (id: string): Promise<JsonAnswer> =>
    send(world, 'POST', `discrepancies/${id}/close`, { reason: 'seen' });
  const declined = (id: string): Promise<JsonAnswer> =>
    send(world, 'POST', `discrepancies/${id}/accept`, { outcome: 'declined', reason: 'seen' });

  /** @param spoil what becomes of the code in one line of three; none: a column more stands behind the message */
  async function spoiled(spoil?: (prefix: string) => string): Promise<JsonBody[]> {
    const prefix = `unreadable-${(batch += 1)}-`;
    if (spoil === undefined) world.simulator.control.armFault({ kind: 'result-columns-wrong', options: { lines: 1 } });
    else world.simulator.control.armFault({ kind: 'result-code-altered', options: { resultCode: spoil(prefix) } });
    const { body } = await world.upload(requestFile(3, prefix));
    await world.settled(body.id);
    return (await world.get(`discrepancies?jobId=${body.id}`)).body.items;
  }

  it.each<[string, string, (() => string) | undefined]>([
    ['a column too many', 'wrong-column-count', undefined],
    ['a byte that is no UTF-8', 'invalid-utf8', () => '0000\u00a0'],
    ['a NUL', 'nul-byte', () => '0000\u0000'],
  ])('with %s is its charge’s, and T store is asked before anybody decides', async (_what, reason, spoil) => {
    const [line, ...others] = await spoiled(spoil);
    expect(others).toEqual([]);
    const [{ tid } = {}] = await world.simulator.control.bookOfOrder(line.orderNo);
    expect(line).toMatchObject({
      kind: 'malformed',
      chargeId: expect.any(String),
      found: { reason, transactionId: tid, resultCode: '0000' },
    });
    expect(await declined(line.id)).toMatchObject({ status: 409, body: { code: 'lookup-required' } });
    expect(await close(line.id)).toMatchObject({ status: 409, body: { code: 'lookup-required' } });
    expect((await lookUp(line.id)).body.suggestion).toBe('accept-as-paid');
    expect(await declined(line.id)).toMatchObject({ status: 409, body: { code: 'evidence-contradicts' } });
    expect((await acceptAsPaid(world, line.id)).status).toBe(200);
    expect((await world.get(`charges/${line.orderNo}`)).body).toMatchObject({ state: 'Paid', transactionId: tid });
  });

  /** Which of two orders it answers, nobody can tell. */
  const ofTwoOrders = (prefix: string): string => `0000,${prefix}0,${prefix}1,${prefix}2,end`;

  it('and names two orders keeps every charge without an answer from being decided, until it is decided itself', async () => {
    const discrepancies = await spoiled(ofTwoOrders);
    const [line, missing] = ['malformed', 'missing'].map((kind) => discrepancies.find((one) => one.kind === kind));
    expect(line).toMatchObject({ chargeId: null, orderNo: null });
    const standing = async () => (await world.get(`bulk-payment-jobs/${line!.jobId}`)).body.standing;
    const undecided = async () =>
      (await world.get('bulk-payment-jobs?undecided=true')).body.items.map(({ id }: JsonBody) => id);
    expect(await standing()).toBe('settled-with-open-discrepancies');
    expect(await undecided()).toContain(line!.jobId);
    for (const refused of [await declined(missing!.id), await close(missing!.id)]) {
      expect(refused).toMatchObject({ status: 409, body: { code: 'line-undecided', discrepancyId: line!.id } });
    }
    expect(await close(line!.id)).toMatchObject({ status: 409, body: { code: 'lookup-required' } });
    await lookUp(line!.id);
    expect((await agreed(world, await close(line!.id))).status).toBe(200);
    expect(await standing()).toBe('settled-with-open-discrepancies');
    expect((await agreed(world, await close(missing!.id))).status).toBe(200);
    expect(await standing()).toBe('settled');
    expect(await undecided()).not.toContain(line!.jobId);
  });

  it('and speaks of a payment is not closed by one person, whatever T store answers', async () => {
    const [line] = (await spoiled(ofTwoOrders)).filter(({ kind }) => kind === 'malformed');
    world.simulator.control.armFault({ kind: 'lookup-not-found' });
    expect((await lookUp(line!.id)).body.answer).toBe('not-found');
    const closing = await close(line!.id);
    expect(closing).toMatchObject({
      status: 202,
      body: { because: expect.stringContaining("can't be read, and says 0000") },
    });
    expect((await world.get(`discrepancies/${line!.id}`)).body.state).toBe('Open');
    expect((await agreed(world, closing)).status).toBe(200);
  });
});
