import { callAdmin } from '../support/admin-world';
import { startWorld, SECOND_PERSONS_KEY, type BillingWorld, type JsonBody } from '../support/billing-world';
import { uploadInDoubt } from '../support/doubt';
import { askRefund } from '../support/refunds';
import { REQUEST_HEADER, tokenOf } from '../support/request-files';
import { PRODUCT, moveTo, planOn, send, subscribe } from '../support/subscribers';
import { until } from '../support/until';

const REASON = { reason: 'looked at it' };

/** A line asks a customer for an amount; the order number is new each time. */
type Line = readonly [customer: string, amount: number];

const BATCH: readonly Line[] = Array.from({ length: 20 }, (_, index) => [`customer ${index}`, 5_500]);
/** Others than those of the batch. */
const others = (name: string, count: number): Line[] =>
  Array.from({ length: count }, (_, index) => [`${name} ${index}`, 5_500]);

describe('an upload that asks for what was just asked for', () => {
  let world: BillingWorld;
  let orders = 0;

  beforeEach(async () => {
    orders = 0;
    world = await startWorld({
      simulator: { declineRate: 0 },
      // The guard of the unusual is off: this one is by itself.
      environment: {
        UPLOAD_CONFIRM_FACTOR: '0',
        UPLOAD_CONFIRM_MIN_CHARGES: '10',
        REFUND_RATE_PER_MINUTE: '6000',
        TSTORE_LOOKUPS_PER_MINUTE: '6000',
      },
      // In the evening, with midnight in sight.
      startsAt: new Date('2027-01-05T18:00:00+09:00'),
    });
  });

  afterEach(() => world.close());

  function fileOf(lines: readonly Line[], product = '0910024116'): string {
    const rows = lines.map(
      ([customer, amount]) => `skpcorp,${tokenOf(customer)},${product},상품,u${(orders += 1)},${amount},${amount},0,0`,
    );
    return [REQUEST_HEADER, ...rows].join('\n');
  }

  async function upload(lines: readonly Line[], product?: string): Promise<JsonBody> {
    const { status, body } = await world.upload(fileOf(lines, product), `?batchReference=batch-${orders}`);
    expect(status).toBe(201);
    return body;
  }

  const waitingFor = async (jobId: string): Promise<JsonBody> =>
    (await world.get(`approvals?kind=upload&state=Waiting&subjectId=${jobId}`)).body.items[0];
  const because = async (lines: readonly Line[], product?: string): Promise<string | undefined> =>
    (await waitingFor((await upload(lines, product)).id))?.because;
  const jobOf = async (id: string): Promise<JsonBody> => (await world.get(`bulk-payment-jobs/${id}`)).body;
  const asLee = (path: string) =>
    callAdmin(world.service.url, 'POST', path, {
      body: REASON,
      headers: { Authorization: `Bearer ${SECOND_PERSONS_KEY}` },
    });

  it('waits for another person, who lets it go or not', async () => {
    const first = await upload(BATCH);
    await world.settled(first.id);
    const again = await upload(BATCH);
    const waiting = await waitingFor(again.id);
    expect(waiting).toMatchObject({
      count: 20,
      amount: 110_000,
      because:
        '20 of its 20 charges repeat a charge that was just made, by billing token, product and amount, under another ' +
        `order number: 20 of job ${first.id}`,
    });
    await until('its file is written', async () => (await jobOf(again.id)).requestFile ?? undefined);
    expect(await jobOf(again.id)).toMatchObject({
      state: 'Created',
      submission: null,
      heldBy: expect.stringContaining(`20 of job ${first.id}`),
    });
    const own = await send(world, 'POST', `approvals/${waiting.id}/approve`, REASON);
    expect(own).toMatchObject({ status: 409, body: { code: 'second-person-required' } });
    expect(world.simulator.control.jobs()).toHaveLength(1);
    expect((await asLee(`approvals/${waiting.id}/reject`)).status).toBe(200);
    expect(await jobOf(again.id)).toMatchObject({ state: 'Failed', standing: 'rejected', submission: null });
    // What was rejected asked nobody for anything, so it is not what a third one repeats.
    const third = await upload(BATCH);
    const anew = await waitingFor(third.id);
    expect(anew.because).toContain(`: 20 of job ${first.id}`);
    expect((await asLee(`approvals/${anew.id}/approve`)).status).toBe(200);
    expect((await world.settled(third.id)).result.settledAt).not.toBeNull();
    expect(world.simulator.control.jobs()).toHaveLength(2);
  });

  it('is found while what it repeats is on its way, in doubt, held, planned by a run, or a line of its own', async () => {
    const held = await upload([...BATCH, ...BATCH]);
    expect((await waitingFor(held.id)).because).toContain('20 of its 40 charges repeat');
    expect((await waitingFor(held.id)).because).toContain('20 of lines of this file');
    expect(await because(BATCH)).toContain(`20 of job ${held.id}`);
    // The gateway has not got it, so that no notification ends the doubt.
    const { id: doubtful } = await uploadInDoubt(world, fileOf(others('doubtful', 3)), 'submit-failing-before');
    moveTo(world, '2027-01-09');
    expect(await because(others('doubtful', 3))).toContain(`3 of its 3 charges`);
    expect(await because([...others('doubtful', 3), ...others('new', 3)])).toContain(`3 of job ${doubtful}`);
    for (const customer of ['one', 'two']) await subscribe(world, customer, '2027-01-10');
    await planOn(world, '2027-01-10');
    expect(
      await because(
        [
          ['one', 5_500],
          ['two', 5_500],
        ],
        PRODUCT.storeProductId,
      ),
    ).toContain('2 of its 2 charges');
  });

  it('is not for another day, product, amount or customer, nor for what was declined or given back', async () => {
    world.simulator.control.follow({ declineOrderNos: BATCH.map((_, index) => `u${orders + 1 + index}`) });
    const declined = await upload(BATCH);
    expect((await world.settled(declined.id)).result.totals.declined.count).toBe(20);
    // The same again is right, as is a third time for who was declined.
    const paid = await upload(BATCH);
    await world.settled(paid.id);
    expect(await waitingFor(paid.id)).toBeUndefined();
    expect(await because(others('else', 20))).toBeUndefined();
    expect(await because(BATCH, '0910024117')).toBeUndefined();
    expect(await because(BATCH.map(([customer]) => [customer, 5_400]))).toBeUndefined();
    for (const orderNo of ['u21', 'u22']) await askRefund(world, orderNo, 5_500);
    await until('both are given back', async () => {
      // A refund that was put off is due again.
      world.clock.advanceSeconds(10);
      const { body: refunded } = await world.get(`charges?jobId=${paid.id}&state=Refunded`);
      return refunded.items.length === 2 || undefined;
    });
    expect(await because(BATCH.slice(0, 2))).toBeUndefined();
    moveTo(world, '2027-01-06', '00:30:00');
    expect(await because(BATCH.slice(2))).toContain(`18 of job ${paid.id}`);
    // Not made on the day after because it was sent late.
    await until('all is settled', async () => {
      await world.simulator.control.deliverNotifications();
      const { body: jobs } = await world.get('bulk-payment-jobs?limit=100');
      return (
        jobs.items.every(
          ({ state, heldBy, result }: JsonBody) => state === 'Failed' || heldBy !== null || result?.settledAt,
        ) || undefined
      );
    });
    moveTo(world, '2027-01-07');
    expect(await because(BATCH.slice(0, 2))).toBeUndefined();
  });

  it('goes when it is one purchase made again, or a few of many, and files that mostly repeat count together', async () => {
    await upload(BATCH);
    // 1 of 21 is not 5 of 100; 2 of 21 are.
    expect(await because([...BATCH.slice(0, 1), ...others('many', 20)])).toBeUndefined();
    expect(await because([...BATCH.slice(0, 1), ...others('few', 20)])).toBeUndefined();
    expect(await because([...BATCH.slice(1, 3), ...others('more', 19)])).toContain('2 of its 21 charges');
    expect(await because(BATCH.slice(4, 5))).toBeUndefined();
    expect(await because(BATCH.slice(5, 6))).toContain('and 1 of files before it today did');
    // However small their share, more than UPLOAD_CONFIRM_MIN_CHARGES wait.
    expect(await because([...BATCH.slice(0, 11), ...others('very many', 300)])).toContain('11 of its 311 charges');
    expect(await because([...BATCH.slice(0, 10), ...others('as many', 300)])).toBeUndefined();
  });

  it('waits although another replica takes in the same at the same moment', async () => {
    const both = await Promise.all([upload(BATCH), upload(BATCH)]);
    const waiting = await Promise.all(both.map(({ id }) => waitingFor(id)));
    expect(waiting.filter((one) => one !== undefined)).toHaveLength(1);
  });
});
