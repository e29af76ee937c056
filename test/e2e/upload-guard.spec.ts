import { ApprovalExpiry } from '../../src/approval';
import { Database } from '../../src/platform/database';
import { callAdmin } from '../support/admin-world';
import { SECOND_PERSONS_KEY, startWorld, type BillingWorld, type JsonBody } from '../support/billing-world';
import { REQUEST_HEADER, TOKEN_64, tokenOf } from '../support/request-files';
import { carrierPrice, keyOf, send } from '../support/subscribers';
import { until } from '../support/until';

const REASON = { reason: 'looked at it' };
const DAY_SECONDS = 86_400;

describe('an upload', () => {
  let world: BillingWorld;
  let orders = 0;

  beforeEach(async () => {
    world = await startWorld({
      simulator: { declineRate: 0 },
      environment: {
        UPLOAD_CONFIRM_FACTOR: '3',
        UPLOAD_CONFIRM_MIN_CHARGES: '4',
        UPLOAD_CONFIRM_MIN_WON: '100000000',
        UPLOAD_CONFIRM_CHARGE_WON: '50000',
      },
    });
  });

  afterEach(() => world.close());

  /** Uploads a charge of another customer for each amount. @returns the job */
  async function upload(amounts: readonly number[], product = '0910024116'): Promise<JsonBody> {
    const rows = amounts.map(
      (amount) => `skpcorp,${tokenOf(`customer ${(orders += 1)}`)},${product},상품,u${orders},${amount},${amount},0,0`,
    );
    const { status, body } = await world.upload([REQUEST_HEADER, ...rows].join('\n'));
    expect(status).toBe(201);
    return body;
  }

  const waitingFor = async (jobId: string): Promise<JsonBody> =>
    (await world.get(`approvals?kind=upload&state=Waiting&subjectId=${jobId}`)).body.items[0];
  const jobOf = async (id: string): Promise<JsonBody> => (await world.get(`bulk-payment-jobs/${id}`)).body;
  const asLee = (path: string) =>
    callAdmin(world.service.url, 'POST', path, {
      body: REASON,
      headers: { Authorization: `Bearer ${SECOND_PERSONS_KEY}` },
    });
  const written = (id: string) =>
    until(`the file of job ${id} is written`, async () => (await jobOf(id)).requestFile ?? undefined);

  it('of a few usual charges is sent as ever', async () => {
    const job = await upload([1_000, 2_000]);
    expect(await waitingFor(job.id)).toBeUndefined();
    expect((await world.settled(job.id)).result.settledAt).not.toBeNull();
  });

  it('of a charge far above what its product usually costs is held, until another person agrees', async () => {
    await world.settled((await upload([1_000, 1_200])).id);
    const job = await upload([900_000]);
    const waiting = await waitingFor(job.id);
    expect(waiting).toMatchObject({
      ...{ count: 1, amount: 900_000, request: { byOwner: 'kim@example.com' } },
      because: expect.stringMatching(/900,000 won/),
    });
    await written(job.id);
    expect(await jobOf(job.id)).toMatchObject({ state: 'Created', submission: null, heldBy: expect.any(String) });
    const own = await send(world, 'POST', `approvals/${waiting.id}/approve`, REASON);
    expect(own).toMatchObject({ status: 409, body: { code: 'second-person-required' } });
    expect(world.simulator.control.jobs()).toHaveLength(1);
    expect((await asLee(`approvals/${waiting.id}/approve`)).status).toBe(200);
    const settled = await world.settled(job.id);
    expect(settled.history).toContainEqual(
      expect.objectContaining({ cause: 'released by a second person', reason: 'looked at it' }),
    );
    // What was looked at is usual from now on.
    expect(await waitingFor((await upload([950_000])).id)).toBeUndefined();
  });

  it('of what its product is really charged goes, however dear; and says the figures where it waits', async () => {
    await send(world, 'POST', 'products', { storeProductId: 'yacht', name: 'Yacht', price: carrierPrice(9_000_000) });
    const first = await upload([9_000_000], 'yacht');
    const waiting = await waitingFor(first.id);
    // One person alone can set a price.
    expect(waiting.because).toBe(
      'a charge of 9,000,000 won for product yacht: it costs 9,000,000 won, and fewer than 5 payments of it are known; ' +
        'up to 50,000 won go without a second person',
    );
    expect((await asLee(`approvals/${waiting.id}/approve`)).status).toBe(200);
    for (let one = 0; one < 4; one++) {
      expect(await waitingFor((await upload([9_000_000], 'yacht')).id)).toBeUndefined();
      if (one === 2) world.clock.advanceSeconds(DAY_SECONDS);
    }
    for (const { id } of (await world.get('bulk-payment-jobs')).body.items) await world.settled(id);
    // Five payments say it too, as those of before there were second persons.
    await world.service.app.get(Database).rows('DELETE FROM product_let_go');
    world.clock.advanceSeconds(DAY_SECONDS);
    expect(await waitingFor((await upload([9_000_000], 'yacht')).id)).toBeUndefined();
    expect((await waitingFor((await upload([9_000_001], 'yacht')).id)).because).toContain(
      '9,000,000 won is the most that 5 payments of it were for; up to 9,000,000 won go without a second person',
    );
  });

  it('of a tiny sum says nothing of what comes after it', async () => {
    await send(world, 'POST', 'products', { storeProductId: 'tv', name: 'TV', price: carrierPrice(5_500) });
    for (const product of ['tv', 'unknown']) {
      await world.settled((await upload([10], product)).id);
      expect(await waitingFor((await upload([5_500], product)).id)).toBeUndefined();
    }
  });

  it('is held above a few times what several payments were for, and above the set sum at no step without a second person', async () => {
    const held = async (amounts: readonly number[]): Promise<string | undefined> => {
      const { id } = await upload(amounts);
      const waiting = await waitingFor(id);
      if (waiting === undefined) await world.settled(id);
      world.clock.advanceSeconds(DAY_SECONDS);
      return waiting?.because;
    };
    const five = (amount: number): number[] => [amount, amount, amount, amount, amount];
    for (const few of [
      [1_000, 1_000, 1_000],
      [1_000, 1_000],
    ])
      expect(await held(few)).toBeUndefined();
    expect(await held([3_001])).toContain('up to 3,000 won go without a second person');
    for (const amount of [3_000, 9_000, 27_000, 50_000]) expect(await held(five(amount))).toBeUndefined();
    expect(await held([50_001])).toContain('up to 50,000 won go without a second person');
  });

  it('can’t make a dear first charge the measure of dearer ones', async () => {
    expect(await waitingFor((await upload([50_000], 'unknown-3')).id)).toBeUndefined();
    expect(await waitingFor((await upload([50_000], 'unknown-3')).id)).toBeUndefined();
    expect(await waitingFor((await upload([50_100], 'unknown-3')).id)).toMatchObject({ amount: 50_100 });
    await send(world, 'POST', 'products', { storeProductId: 'tv', name: 'TV', price: carrierPrice(5_500) });
    expect(await waitingFor((await upload([16_500], 'tv')).id)).toBeUndefined();
    expect(await waitingFor((await upload([16_501], 'tv')).id)).toMatchObject({
      because:
        'a charge of 16,501 won for product tv: it costs 5,500 won, and fewer than 5 payments of it are known; ' +
        'up to 16,500 won go without a second person',
    });
  });

  it('of a product nobody knows is held above a sum that is set', async () => {
    expect(await waitingFor((await upload([50_000], 'unknown-1')).id)).toBeUndefined();
    expect(await waitingFor((await upload([50_001], 'unknown-2')).id)).toMatchObject({
      because: expect.stringContaining('up to 50,000 won go without a second person'),
    });
  });

  it('counts with the others of its day, in number and in won, against such days before', async () => {
    for (const amounts of [[1_000, 1_000], [1_000]]) await upload(amounts);
    world.clock.advanceSeconds(DAY_SECONDS);
    for (let part = 0; part < 4; part++) expect(await waitingFor((await upload([1_000, 1_000])).id)).toBeUndefined();
    const tenth = await upload([1_000, 1_000]);
    expect(await waitingFor(tenth.id)).toMatchObject({
      because: '10 charges, 10,000 won; the usual of 1 upload day is 3 charges, 3,000 won',
    });
    // One that is held counts only when it is let go.
    expect(await waitingFor((await upload([1_000])).id)).toBeUndefined();
  });

  it('that is refused, withdrawn, canceled or outwaited never goes, and its job has failed unsent', async () => {
    const ids: string[] = [];
    for (let one = 0; one < 4; one++) ids.push((await upload([60_000 + one], `p-${one}`)).id);
    const [rejected, withdrawn, canceled, outwaited] = ids as [string, string, string, string];
    const idOf = async (jobId: string): Promise<string> => (await waitingFor(jobId)).id;
    const [one, two, three, four] = [
      await idOf(rejected),
      await idOf(withdrawn),
      await idOf(canceled),
      await idOf(outwaited),
    ];
    expect((await asLee(`approvals/${one}/reject`)).status).toBe(200);
    expect((await send(world, 'POST', `approvals/${two}/withdraw`, REASON)).status).toBe(200);
    expect((await send(world, 'POST', `bulk-payment-jobs/${canceled}/cancel`, REASON)).status).toBe(200);
    expect((await world.get(`approvals/${three}`)).body).toMatchObject({ state: 'Withdrawn' });
    expect(await asLee(`approvals/${three}/approve`)).toMatchObject({ status: 409, body: { code: 'state-conflict' } });
    world.clock.advanceSeconds(72 * 3_600 + 1);
    await world.service.app.get(ApprovalExpiry).runOnce();
    await until('it has expired', async () =>
      (await world.get(`approvals/${four}`)).body.state === 'Expired' ? true : undefined,
    );
    for (const id of ids) expect(await jobOf(id)).toMatchObject({ state: 'Failed', submission: null });
    expect(world.simulator.control.jobs()).toEqual([]);
  });

  it.each(['reject', 'withdraw'])(
    'whose approval was ended by %s is asked for again as a new one only, which waits anew',
    async (end) => {
      const file = (orderNo: string) =>
        [REQUEST_HEADER, `skpcorp,${TOKEN_64},dear,상품,${orderNo},60000,60000,0,0`].join('\n');
      const { body: first } = await world.upload(file('once'));
      const waiting = await waitingFor(first.id);
      const decide = (id: string, act: string) =>
        act === 'withdraw' ? send(world, 'POST', `approvals/${id}/withdraw`, REASON) : asLee(`approvals/${id}/${act}`);
      expect((await decide(waiting.id, end)).status).toBe(200);
      expect(await jobOf(first.id)).toMatchObject({
        state: 'Failed',
        standing: end === 'reject' ? 'rejected' : 'canceled',
      });
      for (const act of ['approve', end]) {
        expect(await decide(waiting.id, act)).toMatchObject({ status: 409, body: { code: 'state-conflict' } });
      }
      // Neither the same file nor its order numbers come back by another name.
      expect(await world.upload(file('once'))).toMatchObject({
        status: 409,
        body: { code: 'duplicate-request-file', jobId: first.id },
      });
      expect(await world.upload(file('once'), '?batchReference=again')).toMatchObject({
        status: 409,
        body: { code: 'duplicate-order-number' },
      });
      const { body: second } = await world.upload(file('twice'));
      const anew = await waitingFor(second.id);
      expect(anew.id).not.toBe(waiting.id);
      expect((await world.get(`approvals/${waiting.id}`)).body.state).toBe(end === 'reject' ? 'Rejected' : 'Withdrawn');
      expect((await asLee(`approvals/${anew.id}/approve`)).status).toBe(200);
      expect((await world.settled(second.id)).result.settledAt).not.toBeNull();
      expect(await jobOf(first.id)).toMatchObject({ state: 'Failed', submission: null });
      expect(world.simulator.control.jobs()).toHaveLength(1);
    },
  );

  it('can be made of no file that an operator’s key has downloaded', async () => {
    const job = await upload([1_000]);
    await written(job.id);
    const token = await keyOf(world, 'operator@example.com', 'operator');
    const headers = { Authorization: `Bearer ${token}` };
    for (const file of ['request-file', 'result-file']) {
      const refused = await callAdmin(world.service.url, 'GET', `bulk-payment-jobs/${job.id}/${file}`, { headers });
      expect(refused).toMatchObject({ status: 403, body: { scope: 'files:download' } });
    }
  });
});
