import { SECOND_TOSS_MERCHANT } from '../../../simulator';
import { DAY_MS } from '../../../simulator/shared/durations';
import { codeOf, openTossBench, readOk, type Json, type TossBench } from './support/toss-bench';

let bench: TossBench;

beforeEach(async () => {
  bench = await openTossBench();
});
afterEach(() => bench.close());

const ALWAYS = 'startDate=2000-01-01&endDate=2100-01-01';

const transactions = async (query = ALWAYS): Promise<Json[]> =>
  readOk(await bench.shop.get(`/v1/transactions?${query}`)) as unknown as Json[];
const settlements = async (query = ALWAYS): Promise<Json[]> =>
  readOk(await bench.shop.get(`/v1/settlements?${query}`)) as unknown as Json[];

describe('transactions', () => {
  test('have a row for a payment and for each of its cancellations, by their own keys', async () => {
    const payment = await bench.paid();
    await bench.shop.cancel(payment.paymentKey, { cancelAmount: 4000 });
    const canceled = readOk(await bench.shop.cancel(payment.paymentKey, {}));
    const rows = await transactions();
    expect(rows.map(({ status, amount }) => [status, amount])).toEqual([
      ['DONE', 15_000],
      ['PARTIAL_CANCELED', 4000],
      ['PARTIAL_CANCELED', 11_000],
    ]);
    expect(rows.map(({ transactionKey }) => transactionKey)).toEqual([
      payment.lastTransactionKey,
      ...canceled.cancels.map(({ transactionKey }: Json) => transactionKey),
    ]);
    expect(rows[0]).toEqual({
      mId: payment.mId,
      transactionKey: payment.lastTransactionKey,
      paymentKey: payment.paymentKey,
      orderId: payment.orderId,
      method: '카드',
      customerKey: 'customer-1',
      useEscrow: false,
      receiptUrl: payment.receipt.url,
      status: 'DONE',
      transactionAt: payment.approvedAt,
      currency: 'KRW',
      amount: 15_000,
    });
  });

  test('have the issue of an account with no amount, and a guest without a key', async () => {
    await bench.paid({ method: 'VIRTUAL_ACCOUNT', customerKey: '@@ANONYMOUS' });
    expect(await transactions()).toMatchObject([{ status: 'WAITING_FOR_DEPOSIT', amount: 0, customerKey: null }]);
  });

  test('come page by page behind a cursor, which may be empty, to the last', async () => {
    const paid: Json[] = [];
    for (let count = 0; count < 5; count += 1) paid.push(await bench.paid());
    const keys: string[] = [];
    for (let cursor = ''; ;) {
      const page = await transactions(`${ALWAYS}&limit=2&startingAfter=${cursor}`);
      keys.push(...page.map(({ transactionKey }) => String(transactionKey)));
      if (page.length < 2) break;
      cursor = keys.at(-1) ?? '';
    }
    expect(keys).toEqual(paid.map(({ lastTransactionKey }) => lastTransactionKey));
  });

  test('are those of the seconds asked for, the last one whole', async () => {
    await bench.paid();
    const [row] = await transactions();
    const second = String(row?.transactionAt).slice(0, 19);
    const before = new Date(Date.parse(`${second}Z`) - 1000).toISOString().slice(0, 19);
    expect(await transactions(`startDate=${second}&endDate=${second}`)).toHaveLength(1);
    expect(await transactions(`startDate=2000-01-01T00:00:00&endDate=${before}`)).toHaveLength(0);
    // A bare date is its midnight: a day asked for by its date alone is empty.
    const day = second.slice(0, 10);
    expect(await transactions(`startDate=${day}&endDate=${day}`)).toHaveLength(0);
    expect(await transactions(`startDate=${day}T00:00:00&endDate=${day}T23:59:59`)).toHaveLength(1);
  });

  test('are a contract’s own', async () => {
    await bench.paid();
    const other = bench.shop.with(SECOND_TOSS_MERCHANT.secretKey);
    expect(readOk(await other.get(`/v1/transactions?${ALWAYS}`))).toEqual([]);
  });

  test.each(['', 'startDate=2027-01-01', 'startDate=2027-01-02&endDate=2027-01-01', 'startDate=x&endDate=y'])(
    'a span that is none is an invalid request: %j',
    async (query) => {
      expect(codeOf(await bench.shop.get(`/v1/transactions?${query}`))).toBe('400 INVALID_REQUEST');
    },
  );

  test.each(['limit=0', 'limit=5001', 'limit=x', 'startingAfter=none'])('so is %s', async (more) => {
    expect(codeOf(await bench.shop.get(`/v1/transactions?${ALWAYS}&${more}`))).toBe('400 INVALID_REQUEST');
  });
});

describe('settlements', () => {
  test('are by the day of the sale, or of the payout some days later', async () => {
    const { approvedAt } = await bench.paid();
    const [row = {}] = await settlements();
    const { soldDate, paidOutDate } = row;
    expect(soldDate).toBe(String(approvedAt).slice(0, 10));
    expect((Date.parse(paidOutDate) - Date.parse(soldDate)) / DAY_MS).toBe(5);
    const on = (day: string, dateType: string) => settlements(`startDate=${day}&endDate=${day}&dateType=${dateType}`);
    expect(await on(soldDate, 'soldDate')).toHaveLength(1);
    expect(await on(soldDate, 'paidOutDate')).toHaveLength(0);
    expect(await on(paidOutDate, 'paidOutDate')).toHaveLength(1);
  });

  test('come by page and size', async () => {
    for (let count = 0; count < 3; count += 1) await bench.paid();
    const sizes = await Promise.all([1, 2, 3].map((page) => settlements(`${ALWAYS}&page=${page}&size=2`)));
    expect(sizes.map(({ length }) => length)).toEqual([2, 1, 0]);
  });

  test('leave out what never came, or went back before', async () => {
    const waiting = await bench.paid({ method: 'VIRTUAL_ACCOUNT' });
    expect(await settlements()).toEqual([]);
    bench.simulator.toss.deposit(waiting.orderId);
    expect(await settlements()).toHaveLength(1);
    bench.simulator.toss.reverseDeposit(waiting.orderId);
    expect(await settlements()).toEqual([]);
  });

  test.each([
    'startDate=2027-01-01',
    'startDate=2027-01-02&endDate=2027-01-01',
    `${ALWAYS}&dateType=x`,
    `${ALWAYS}&page=0`,
  ])('an invalid request: %s', async (query) => {
    expect(codeOf(await bench.shop.get(`/v1/settlements?${query}`))).toBe('400 INVALID_REQUEST');
  });

  test('one can be asked for by hand', async () => {
    const { paymentKey } = await bench.paid();
    expect(readOk(await bench.shop.post('/v1/settlements', { paymentKey }))).toEqual({ result: true });
    expect(codeOf(await bench.shop.post('/v1/settlements', { paymentKey: 'none' }))).toBe('404 NOT_FOUND_PAYMENT');
  });
});

describe('cash receipts', () => {
  const RECEIPT = {
    amount: 11_000,
    orderId: 'cash-000001',
    orderName: '현금',
    customerIdentityNumber: '01012345678',
    type: '소득공제',
  };

  test('are issued, listed by day, and cancelled in parts down to nothing', async () => {
    const issued = readOk(await bench.shop.post('/v1/cash-receipts', RECEIPT));
    expect(issued).toMatchObject({ issueStatus: 'COMPLETED', transactionType: 'CONFIRM', amount: 11_000 });
    expect(JSON.stringify(issued)).not.toContain(RECEIPT.customerIdentityNumber);
    const cancel = (amount?: number) =>
      bench.shop.post(`/v1/cash-receipts/${String(issued.receiptKey)}/cancel`, { amount });
    expect(readOk(await cancel(1000))).toMatchObject({ transactionType: 'CANCEL', amount: 1000 });
    expect(readOk(await cancel())).toMatchObject({ amount: 10_000 });
    expect(codeOf(await cancel())).toBe('403 NOT_CANCELABLE_AMOUNT');
    const day = String(issued.requestedAt).slice(0, 10);
    const page = readOk(await bench.shop.get(`/v1/cash-receipts?requestDate=${day}&limit=2`));
    expect([page.hasNext, page.lastCursor, page.data.length]).toEqual([true, 2, 2]);
    const last = readOk(await bench.shop.get(`/v1/cash-receipts?requestDate=${day}&limit=2&cursor=2`));
    expect([last.hasNext, last.data.length]).toEqual([false, 1]);
  });

  test.each([{ type: '영수증' }, { customerIdentityNumber: '010-1234' }, { amount: null }, { orderName: '' }])(
    'an invalid request: %j',
    async (members) => {
      expect(codeOf(await bench.shop.post('/v1/cash-receipts', { ...RECEIPT, ...members }))).toBe(
        '400 INVALID_REQUEST',
      );
    },
  );
});
