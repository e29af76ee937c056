import { readConfiguration } from '../../src/config';
import { startService, type RunningService } from '../../src/service';
import { ADMIN_KEY, startWorld, type BillingWorld, type JsonBody } from '../support/billing-world';
import { requestFile } from '../support/request-files';
import { send } from '../support/subscribers';

describe('a charge beside T store’s transaction', () => {
  let world: BillingWorld;
  let replica: RunningService;
  let charges: JsonBody[];

  beforeAll(async () => {
    // One lookup each ten seconds, none saved up.
    world = await startWorld({ simulator: { declineRate: 0 }, environment: { TSTORE_LOOKUPS_PER_MINUTE: '6' } });
    const environment = { ...world.environment, ROLE: 'admin' };
    replica = await startService(readConfiguration(environment), {
      clock: world.clock,
      drainTimes: { noticeMs: 0, finishMs: 5_000 },
    });
    world.simulator.control.follow({ declineOrderNos: ['t-7'] });
    world.simulator.control.armFault({ kind: 'result-amount-altered' });
    const { body } = await world.upload(requestFile(8, 't-'));
    await world.settled(body.id);
    charges = (await world.get('charges?state=Paid')).body.items;
  });

  afterAll(async () => {
    await replica.close();
    await world.close();
  });

  beforeEach(() => world.clock.advanceSeconds(61));

  const path = (index: number): string => `charges/${charges[index].orderNo}/transaction`;
  const timesAsked = (): number =>
    world.simulator.control.calls().filter((call) => call.path.includes('/transaction/')).length;

  async function atReplica(address: string): Promise<{ status: number; body: JsonBody }> {
    const headers = { Authorization: `Bearer ${ADMIN_KEY}` };
    const response = await fetch(`${replica.url}/admin/v1/${address}`, { headers });
    return { status: response.status, body: await response.json() };
  }

  it('shows both and that they agree, without the payer’s key', async () => {
    const { status, body } = await world.get(path(0));
    expect([status, body]).toMatchObject([200, { answer: 'found', agrees: true, found: { status: 'complite' } }]);
    expect(body.fields.map((field: JsonBody) => [field.field, field.same])).toEqual([
      ['transactionId', true],
      ['amount', true],
      ['sumOfParts', true],
      ['refunded', true],
      ['storeProductId', true],
    ]);
    expect(JSON.stringify(body)).not.toMatch(/[0-9A-F]{32}|authKey/);
  });

  it('is asked for once a minute, whichever replica is asked', async () => {
    const before = timesAsked();
    const first = await world.get(path(0));
    expect(await atReplica(path(0))).toEqual(first);
    expect(await world.get(path(0))).toEqual(first);
    expect(timesAsked()).toBe(before + 1);
    world.clock.advanceSeconds(61);
    expect((await atReplica(path(0))).body.at).not.toBe(first.body.at);
    expect(timesAsked()).toBe(before + 2);
  });

  it('keeps the pace of all lookups over all replicas, those of discrepancies too', async () => {
    const before = timesAsked();
    const [discrepancy] = (await world.get('discrepancies')).body.items;
    expect((await world.get(path(1))).status).toBe(200);
    const refused = await atReplica(path(2));
    expect([refused.status, refused.body]).toMatchObject([429, { code: 'lookup-rate-limited', retryable: true }]);
    expect(refused.body.retryAfterSeconds).toBeLessThanOrEqual(10);
    expect((await send(world, 'POST', `discrepancies/${discrepancy.id}/lookup`, {})).status).toBe(429);
    // What is fresh needs no turn.
    expect((await atReplica(path(1))).status).toBe(200);
    world.clock.advanceSeconds(10);
    expect((await atReplica(path(2))).status).toBe(200);
    expect(timesAsked()).toBe(before + 2);
  });

  it('of thirty who ask at once, at two replicas, one asks T store', async () => {
    const before = timesAsked();
    const answers = await Promise.all(
      Array.from({ length: 30 }, (_, index) => (index % 2 === 0 ? world.get(path(3)) : atReplica(path(3)))),
    );
    expect(timesAsked()).toBe(before + 1);
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200, 429]));
  });

  it('says that T store has no such payment, that it would not tell, and that it could not be asked', async () => {
    world.simulator.control.armFault({ kind: 'lookup-not-found' });
    const absent = await world.get(path(4));
    expect(absent.body).toMatchObject({
      answer: 'not-found',
      found: null,
      message: '8007 No such transaction',
      agrees: false,
    });
    expect(absent.body.fields).toEqual([{ field: 'paid', ours: true, gateway: false, same: false }]);
    world.clock.advanceSeconds(61);
    world.simulator.control.armFault({ kind: 'lookup-refused' });
    expect((await world.get(path(4))).body).toMatchObject({
      answer: 'refused',
      found: null,
      message: '8503 Under maintenance',
      agrees: null,
      fields: [],
    });
    world.clock.advanceSeconds(10);
    world.simulator.control.armFault({ kind: 'lookup-failing' });
    expect((await world.get(path(4))).body).toMatchObject({ answer: 'unknown', agrees: null });
    world.clock.advanceSeconds(10);
    // That it could not be asked is not given again.
    expect((await world.get(path(4))).body).toMatchObject({ answer: 'found', agrees: true });
  });

  it('there is none while no answer has named a transaction', async () => {
    expect(await world.get('charges/t-7/transaction')).toMatchObject({
      status: 400,
      body: { code: 'transaction-id-missing' },
    });
  });
});
