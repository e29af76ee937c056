import { readConfiguration } from '../../src/config';
import { Database } from '../../src/platform/database';
import { startService, type RunningService } from '../../src/service';
import { ADMIN_KEY, startWorld, type BillingWorld, type JsonBody } from '../support/billing-world';
import { REQUEST_HEADER, TOKEN_64, requestFile, sampleFile } from '../support/request-files';
import { OTHER_PRODUCT, chargesOf, historyOf, moveTo, send, settleAll, subscribe } from '../support/subscribers';

const RESERVED = 'an order number not of the shape B<8 digits>-<digits>-<digits>, which billing runs give';

describe('one subscription that can’t be charged', () => {
  let world: BillingWorld;
  let database: Database;
  let good: string;
  let bad: string;

  beforeEach(async () => {
    world = await startWorld({ simulator: { declineRate: 0 }, environment: { BILLING_RUN_CONFIRM_FACTOR: '0' } });
    database = world.service.app.get(Database);
    good = await subscribe(world, 'good', '2027-01-05');
    bad = await subscribe(world, 'bad', '2027-01-05');
  });

  afterEach(() => world.close());

  /** As an upload could before the shape was reserved; its job is taken back unsent. */
  async function takeOrderNo(orderNo: string): Promise<string> {
    await send(world, 'POST', 'kill-switch', { reason: 'nothing is to be sent' });
    const { body } = await world.upload(sampleFile(`taker-of-${orderNo}-`));
    await send(world, 'POST', `bulk-payment-jobs/${body.id}/cancel`, { reason: 'not to be sent' });
    await send(world, 'DELETE', 'kill-switch', { reason: 'it was taken back' });
    await database.execute(
      `INSERT INTO charge (order_no, bulk_payment_job_id, line_number, store_product_id, product_name, amount,
         carrier_amount, credit_card_amount, tmembership_amount, billing_token_hash, created_at)
       SELECT $2, bulk_payment_job_id, 99, store_product_id, product_name, amount, carrier_amount, credit_card_amount,
         tmembership_amount, billing_token_hash, created_at
       FROM charge WHERE bulk_payment_job_id = $1 LIMIT 1`,
      [body.id, orderNo],
    );
    return body.id;
  }

  const dryRun = async (date: string): Promise<JsonBody> =>
    (await send(world, 'POST', 'billing-runs/dry-run', { date })).body;
  const stops = async (): Promise<JsonBody[]> => (await world.get('line-stops?state=Open&kind=unbillable')).body.items;

  async function open(date: string): Promise<JsonBody> {
    moveTo(world, date);
    const answer = await send(world, 'POST', 'billing-runs', { date });
    expect(answer.status).toBe(201);
    return answer.body;
  }

  it('because an uploaded charge has its order number is parked, and billed under the next number once a person lets it', async () => {
    const orderNo = `B20270105-${bad}-1`;
    const takenBy = await takeOrderNo(orderNo);
    const reason = `its order number ${orderNo} was used by the uploaded job ${takenBy}`;

    expect(await dryRun('2027-01-05')).toMatchObject({
      total: { count: 1, amount: 5_500 },
      firstCharges: [{ subscriptionId: good }],
      parked: { count: 1, first: [{ orderNo, subscriptionId: bad, customerReference: 'bad', reason }] },
    });
    expect(await open('2027-01-05')).toMatchObject({ state: 'Planned', planned: { count: 1, amount: 5_500 } });
    await settleAll(world);
    expect(await chargesOf(world, good)).toEqual(['2027-01-05 5500']);
    expect(await chargesOf(world, bad)).toEqual([]);
    const [stop] = await stops();
    expect(stop).toMatchObject({
      subscriptionId: bad,
      violation: `subscription ${bad} can’t be charged on 2027-01-05: ${reason}`,
      evidence: { orderNo, periodStartOn: '2027-01-05', amount: 5_500 },
    });
    expect((await world.get('summary')).body.stuck).toContainEqual(
      expect.objectContaining({ what: 'open line stops', count: 1 }),
    );

    // It stays parked, run after run, until somebody has looked.
    expect(await open('2027-01-06')).toMatchObject({ planned: { count: 0 } });
    await send(world, 'POST', `line-stops/${stop.id}/resolve`, { reason: 'not this customer’s payment' });
    expect(await open('2027-01-07')).toMatchObject({ planned: { count: 1 } });
    await settleAll(world);
    const { body } = await world.get(`charges?subscriptionId=${bad}`);
    expect(body.items).toMatchObject([{ orderNo: `B20270105-${bad}-2`, state: 'Paid', periodStartOn: '2027-01-05' }]);
    expect(await historyOf(world, bad)).toContain(`Active > Active: line stop ${stop.id} resolved: unbillable`);
  });

  it.each([
    [
      'price',
      `UPDATE product SET amount = 9007199254740991, carrier_amount = 9007199254740991`,
      'its price of 9,007,199,254,740,991 won is above 10,000,000 won',
    ],
    ['name', `UPDATE product SET name = 'a, b'`, 'a request file can’t carry the id or the name of its product'],
    [
      'product id',
      `UPDATE product SET store_product_id = E'1\\n2'`,
      'a request file can’t carry the id or the name of its product',
    ],
    [
      'account',
      `UPDATE product SET gateway_account = 'toss-web'`,
      'its product is sold by the account toss-web, whose gateway takes no request files',
    ],
  ])('because of its product’s %s is parked, run by run, until that is mended', async (_, harm, reason) => {
    const harmed = await subscribe(world, 'harmed', '2027-01-05', { storeProductId: OTHER_PRODUCT.storeProductId });
    const also = await subscribe(world, 'also harmed', '2027-01-05', { storeProductId: OTHER_PRODUCT.storeProductId });
    const productId = `(SELECT product_id FROM subscription WHERE id = ${harmed})`;
    const [{ before }] = (await database.rows(
      `SELECT to_jsonb(product) AS before FROM product WHERE id = ${productId}`,
    )) as [{ before: { name: string; store_product_id: string; amount: number } }];
    await database.execute(
      `INSERT INTO gateway_account (id, gateway, label, environment, purpose, identifiers, created_at, updated_at)
       VALUES ('toss-web', 'toss', 'Toss, web shop', 'simulator', 'any', '{}', $1, $1)`,
      [world.clock.now()],
    );
    // As it may have come to be before the database had its own rules.
    await database.execute('ALTER TABLE product DISABLE TRIGGER USER');
    await database.execute(`${harm} WHERE id = ${productId}`);
    await database.execute('ALTER TABLE product ENABLE TRIGGER USER');

    expect((await dryRun('2027-01-05')).parked).toMatchObject({ count: 2, first: [{ reason }, { reason }] });
    expect(await open('2027-01-05')).toMatchObject({ planned: { count: 2, amount: 11_000 } });
    await settleAll(world);
    expect(await chargesOf(world, good)).toHaveLength(1);
    expect(await chargesOf(world, bad)).toHaveLength(1);
    expect((await stops()).map((stop) => stop.subscriptionId).sort()).toEqual([harmed, also].sort());

    // Let go without being mended, it is found again.
    for (const stop of await stops()) await send(world, 'POST', `line-stops/${stop.id}/resolve`, { reason: 'let go' });
    expect(await open('2027-01-06')).toMatchObject({ planned: { count: 0 } });
    expect(await stops()).toHaveLength(2);

    await database.execute(
      `UPDATE product SET name = $1, store_product_id = $2, amount = $3, carrier_amount = $3,
         gateway_account = 'tstore' WHERE id = ${productId}`,
      [before.name, before.store_product_id, before.amount],
    );
    for (const stop of await stops()) await send(world, 'POST', `line-stops/${stop.id}/resolve`, { reason: 'mended' });
    expect(await open('2027-01-07')).toMatchObject({ planned: { count: 2, amount: 2 * OTHER_PRODUCT.amount } });
    await settleAll(world);
    expect(await chargesOf(world, harmed)).toEqual([`2027-01-05 ${OTHER_PRODUCT.amount}`]);
  });

  it('keeps the lines of the others without a gap, in all their jobs', async () => {
    for (let index = 0; index < 4; index++) await subscribe(world, `more-${index}`, '2027-01-05');
    await takeOrderNo(`B20270105-${bad}-1`);
    const run = await open('2027-01-05');
    await settleAll(world);
    const { body } = await world.get(`billing-runs/${run.id}`);
    expect(body.jobs).toMatchObject([{ requested: { count: 5 }, state: 'VerifiedCompleted' }]);
    const lines = await database.rows<{ line: number }>(
      'SELECT line_number AS line FROM charge WHERE bulk_payment_job_id = $1 ORDER BY line_number',
      [body.jobs[0].id],
    );
    expect(lines.map(({ line }) => line)).toEqual([2, 3, 4, 5, 6]);
  });

  it('in a job that is billed again is parked, and the job billed again once that is resolved', async () => {
    world.simulator.control.armFault({ kind: 'submit-refused' });
    const run = await open('2027-01-05');
    await settleAll(world);
    const [job] = (await world.get(`billing-runs/${run.id}`)).body.jobs;
    expect(job.state).toBe('Failed');
    await takeOrderNo(`B20270105-${bad}-2`);
    const rebill = (): Promise<JsonBody> =>
      send(world, 'POST', `bulk-payment-jobs/${job.id}/rebill`, { reason: 'again' });
    expect(await rebill()).toMatchObject({ status: 409, body: { code: 'line-stopped' } });
    const [stop] = await stops();
    expect(stop).toMatchObject({ subscriptionId: bad, evidence: { orderNo: `B20270105-${bad}-2` } });
    await send(world, 'POST', `line-stops/${stop.id}/resolve`, { reason: 'looked into' });
    expect((await rebill()).status).toBe(201);
    await settleAll(world);
    const { body } = await world.get(`charges?subscriptionId=${bad}&state=Paid`);
    expect(body.items).toMatchObject([{ orderNo: `B20270105-${bad}-3` }]);
  });

  it('keeps nobody from opening: two neighbouring dates opened at once bill each period once', async () => {
    for (let index = 0; index < 10; index++) await subscribe(world, `more-${index}`, '2027-01-05');
    moveTo(world, '2027-01-09');
    const dates = ['2027-01-05', '2027-01-06', '2027-01-07', '2027-01-08'];
    const answers = await Promise.all(dates.map((date) => send(world, 'POST', 'billing-runs', { date })));
    expect(answers.map(({ status }) => status)).toEqual([201, 201, 201, 201]);
    const planned = answers.map(({ body }) => body.planned.count);
    expect(planned.reduce((sum, count) => sum + count, 0)).toBe(12);
    await settleAll(world);
    expect(world.simulator.control.bookTotals()).toMatchObject({ chargedCount: 12 });
  });
});

describe('uploaded order numbers', () => {
  let world: BillingWorld;
  let other: RunningService;

  beforeAll(async () => {
    world = await startWorld();
    other = await startService(readConfiguration(world.environment), {
      clock: world.clock,
      drainTimes: { noticeMs: 0, finishMs: 5_000 },
    });
  });

  afterAll(async () => {
    await other.close();
    await world.close();
  });

  it('of the shape of a billing run’s own are refused with their lines, and nothing is stored', async () => {
    const row = (orderNo: string): string => `skpcorp,${TOKEN_64},0910024116,IAP,${orderNo},1000,1000,0,0`;
    const rows = ['fine', 'B20991231-1-1', 'B20991231-1-1x', 'B2099123-1-1', 'B20991231-123456789012345678901-7'].map(
      row,
    );
    const { status, body } = await world.upload([REQUEST_HEADER, ...rows].join('\n'));
    expect({ status, code: body.code }).toEqual({ status: 400, code: 'invalid-request-file' });
    expect(body.faults).toEqual([
      { line: 3, field: 'noBranchOrder', expected: RESERVED },
      { line: 6, field: 'noBranchOrder', expected: RESERVED },
    ]);
    expect((await world.get('bulk-payment-jobs')).body.items).toEqual([]);
  });

  it('of overlapping files at several replicas at once are taken once; the others hear which lines', async () => {
    const lines = requestFile(400, 'overlap-').split('\n');
    const files = Array.from({ length: 6 }, (_, index) => {
      const rows = lines.slice(1);
      return [lines[0], ...(index % 2 === 0 ? rows : rows.reverse()), `${row(index)}`].join('\n');
    });
    function row(index: number): string {
      return `skpcorp,${TOKEN_64},0910024116,IAP,own-of-${index},1000,1000,0,0`;
    }
    const answers = await Promise.all(
      files.map((file, index) => upload(index % 2 === 0 ? world.service.url : other.url, file)),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 409, 409, 409, 409, 409]);
    for (const { body } of answers.filter(({ status }) => status === 409)) {
      expect(body).toMatchObject({
        code: 'duplicate-order-number',
        faults: expect.arrayContaining([expect.objectContaining({ line: 2, field: 'noBranchOrder' })]),
      });
    }
  });

  async function upload(url: string, body: string): Promise<{ status: number; body: JsonBody }> {
    const headers = { Authorization: `Bearer ${ADMIN_KEY}`, 'Content-Type': 'text/plain' };
    const response = await fetch(`${url}/admin/v1/bulk-payment-jobs`, { method: 'POST', body, headers });
    return { status: response.status, body: await response.json() };
  }
});
