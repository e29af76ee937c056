import { startWorld, type BillingWorld } from '../support/billing-world';
import { REQUEST_HEADER, TOKEN_64, requestFile, sampleFile } from '../support/request-files';

describe('a .pay file, from upload to settlement', () => {
  let world: BillingWorld;

  beforeAll(async () => {
    world = await startWorld({ simulator: { declineRate: 0 } });
  });

  afterAll(() => world.close());

  it('bills the sample rows: VerifiedCompleted, settled, and as the gateway’s book says', async () => {
    const uploaded = await world.upload(sampleFile());
    expect(uploaded.status).toBe(201);
    expect(uploaded.body).toMatchObject({ state: 'Created', origin: 'upload', requested: { count: 2, amount: 6_500 } });

    const job = await world.settled(uploaded.body.id);
    expect(job.state).toBe('VerifiedCompleted');
    expect(job.history.map((entry: { toState: string }) => entry.toState)).toEqual([
      'Created',
      'Processing',
      'Completed',
      'VerifiedCompleted',
    ]);
    expect(job.submission).toMatchObject({
      headers: { verBulkPay: '1', bid: 'skplanet', cntTotalTrans: 2, priority: 'Instant' },
      resultCode: '0000',
    });
    expect(job.result).toMatchObject({
      lines: 2,
      linesLoaded: 2,
      linesApplied: 2,
      totals: {
        paid: { count: 2, amount: 6_500 },
        declined: { count: 0, amount: 0 },
        missing: { count: 0, amount: 0 },
        quarantined: { count: 0, amount: 0 },
      },
      findings: { 'matched-paid': 2 },
    });
    expect(world.simulator.control.bookTotals(job.submission.gatewayJobId)).toMatchObject({
      chargedCount: 2,
      chargedAmount: 6_500,
    });
  });

  it('shows the charges with their transactions, and no billing token', async () => {
    const { body: list } = await world.get('bulk-payment-jobs?state=VerifiedCompleted&limit=1');
    const jobId = list.items[0].id;
    const first = await world.get(`bulk-payment-jobs/${jobId}/charges?limit=1`);
    expect(first.body.items).toHaveLength(1);
    expect(first.body.items[0]).toMatchObject({ orderNo: 'tx_my00001111', lineNumber: 2, state: 'Paid', amount: 1000 });
    expect(first.body.items[0].transactionId).toMatch(/^TS/);
    const second = await world.get(`bulk-payment-jobs/${jobId}/charges?limit=1&cursor=${first.body.nextCursor}`);
    expect(second.body.items[0]).toMatchObject({ productName: '동영상 클라우드 어린이TV', tmembershipAmount: 500 });
    const last = await world.get(`bulk-payment-jobs/${jobId}/charges?cursor=${second.body.nextCursor}`);
    expect(last.body).toEqual({ items: [], nextCursor: null });
    expect(JSON.stringify([first, second])).not.toContain(TOKEN_64.slice(0, 16));
  });

  it('gives the request file back as it was sent, and the result file as it came', async () => {
    const { body: list } = await world.get('bulk-payment-jobs?limit=1');
    const request = await world.get(`bulk-payment-jobs/${list.items[0].id}/request-file`);
    expect(request.body).toBe(sampleFile());
    const result = await world.get(`bulk-payment-jobs/${list.items[0].id}/result-file`);
    expect(result.body.split('\n')[0]).toMatch(/^id,cmId,bid,billingToken/);
    expect(result.body).toContain('tx_my00001112');
  });

  it('refuses the same content again, naming the first job, whatever its line ends are', async () => {
    const { body: list } = await world.get('bulk-payment-jobs?limit=1');
    for (const again of [sampleFile(), `\uFEFF${sampleFile().replaceAll('\n', '\r\n')}\r\n\r\n`]) {
      const refused = await world.upload(again);
      expect(refused.status).toBe(409);
      expect(refused.body).toMatchObject({ code: 'duplicate-request-file', jobId: list.items[0].id });
    }
    expect((await world.get('bulk-payment-jobs')).body.items).toHaveLength(1);
  });

  it('refuses order numbers that were used before, with their lines, under a new batch reference too', async () => {
    const refused = await world.upload(sampleFile(), '?batchReference=again');
    expect(refused.status).toBe(409);
    expect(refused.body.code).toBe('duplicate-order-number');
    expect(refused.body.faults.map((fault: { line: number }) => fault.line)).toEqual([2, 3]);
    const twice = `${requestFile(3, 'once-')}\n${requestFile(3, 'once-').split('\n')[2]}`;
    const inFile = await world.upload(twice);
    expect(inFile.body.faults).toMatchObject([{ line: 5, field: 'noBranchOrder' }]);
    expect((await world.get('bulk-payment-jobs')).body.items).toHaveLength(1);
  });

  it('names every faulty line and column, and stores nothing', async () => {
    const rows = [
      `skpcorp,${TOKEN_64},0910024116,name,bad-1,1000,999,0,0`,
      `other,${TOKEN_64},0910024116,name,bad-2,1000,1000,0,0`,
      `skpcorp,${TOKEN_64},0910024116,name,bad-3,-5,-5,0,0`,
      `skpcorp,${TOKEN_64},0910024116,a,b,bad-4,1000,1000,0,0`,
      `skpcorp,short,0910024116,name,bad-5,1000,1000,0,0`,
    ];
    const refused = await world.upload([REQUEST_HEADER, ...rows].join('\n'));
    expect(refused.status).toBe(400);
    expect(refused.body.code).toBe('invalid-request-file');
    const lines = refused.body.faults.map((fault: { line: number }) => fault.line);
    expect([...new Set(lines)]).toEqual([2, 3, 4, 5, 6]);
    expect(JSON.stringify(refused.body)).not.toContain(TOKEN_64);
    expect((await world.upload('')).status).toBe(400);
    expect((await world.upload('not,a,pay,file\n1,2,3,4')).body.faults[0]).toMatchObject({ line: 1 });
    expect((await world.get('bulk-payment-jobs')).body.items).toHaveLength(1);
  });

  it('settles declines as declines', async () => {
    world.simulator.control.follow({ declineOrderNos: ['mixed-1', 'mixed-3'] });
    const uploaded = await world.upload(requestFile(5, 'mixed-'));
    const job = await world.settled(uploaded.body.id);
    expect(job.result.totals).toMatchObject({
      paid: { count: 3, amount: 3_006 },
      declined: { count: 2, amount: 2_004 },
    });
    const { body } = await world.get(`bulk-payment-jobs/${job.id}/charges`);
    const states = body.items.map((charge: { state: string }) => charge.state);
    expect(states).toEqual(['Paid', 'Declined', 'Paid', 'Declined', 'Paid']);
    expect(body.items[1]).toMatchObject({ transactionId: null });
  });

  it('keeps a discrepancy with what was expected, found and the raw line, and settles the rest', async () => {
    world.simulator.control.armFault({ kind: 'result-amount-altered' });
    const uploaded = await world.upload(requestFile(4, 'altered-'));
    const job = await world.settled(uploaded.body.id);
    expect(job.result.findings).toEqual({ 'matched-paid': 3, 'amount-mismatch': 1 });
    expect(job.result.totals).toMatchObject({ paid: { count: 3 }, quarantined: { count: 1 } });
    const { body } = await world.get(`bulk-payment-jobs/${job.id}/discrepancies`);
    expect(body.items).toHaveLength(1);
    const [discrepancy] = body.items;
    expect(discrepancy).toMatchObject({ kind: 'amount-mismatch', state: 'Open' });
    expect(discrepancy.found.amount).not.toBe(discrepancy.expected.amount);
    expect(discrepancy.rawLine).toContain(discrepancy.orderNo);
    expect(discrepancy.rawLine).not.toMatch(/[0-9A-F]{32}/);
  });
});
