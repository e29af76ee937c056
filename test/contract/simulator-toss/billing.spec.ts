import { SECOND_TOSS_MERCHANT } from '../../../simulator';
import { codeOf, FAIL_URL, openTossBench, readOk, SUCCESS_URL, type Json, type TossBench } from './support/toss-bench';

let bench: TossBench;

beforeAll(async () => {
  bench = await openTossBench();
});
afterAll(() => bench.close());

let charges = 0;
const orderId = (): string => `sub42-202612-r${(charges += 1)}`;

function authKeyOf(choice: Json = {}, members: Json = {}): string {
  const wanted = { method: 'CARD', customerKey: 'customer-1', successUrl: SUCCESS_URL, failUrl: FAIL_URL, ...members };
  const window = bench.simulator.toss.openBilling(wanted);
  return String(bench.simulator.toss.pay(window.id, choice).members.authKey);
}

describe('issuing', () => {
  const issue = (body: Json) => bench.shop.post('/v1/billing/authorizations/issue', body);

  test('a key is issued once for an authentication, and shows the card masked', async () => {
    const authKey = authKeyOf();
    const issued = readOk(await issue({ authKey, customerKey: 'customer-1' }));
    expect(issued).toMatchObject({
      customerKey: 'customer-1',
      method: '카드',
      card: { issuerCode: '61', number: '43301234****123*' },
      cardCompany: '현대',
      cardNumber: '43301234****123*',
      transfers: null,
    });
    expect(issued.billingKey).toMatch(/^[A-Za-z0-9_-]{43}=$/);
    expect(codeOf(await issue({ authKey, customerKey: 'customer-1' }))).toBe('400 INVALID_BILLING_AUTH');
  });

  test('for another customer than the window was opened for, or of nothing, there is none', async () => {
    const authKey = authKeyOf();
    expect(codeOf(await issue({ authKey, customerKey: 'customer-2' }))).toBe('400 NOT_MATCHES_CUSTOMER_KEY');
    expect(codeOf(await issue({ authKey: 'bln_none', customerKey: 'customer-1' }))).toBe('400 INVALID_BILLING_AUTH');
    expect(codeOf(await issue({ customerKey: 'customer-1' }))).toBe('400 INVALID_REQUEST');
    const elsewhere = bench.shop.with(SECOND_TOSS_MERCHANT.secretKey);
    const other = await elsewhere.post('/v1/billing/authorizations/issue', { authKey, customerKey: 'customer-1' });
    expect(codeOf(other)).toBe('400 INVALID_BILLING_AUTH');
    expect(readOk(await issue({ authKey, customerKey: 'customer-1' })).method).toBe('카드');
  });

  test('a customer key of 301 characters is the failure it was recorded to be', async () => {
    expect(codeOf(await issue({ authKey: authKeyOf(), customerKey: 'k'.repeat(301) }))).toBe(
      '500 FAILED_DB_PROCESSING',
    );
  });

  test('the older path has the authentication in it', async () => {
    const path = `/v1/billing/authorizations/${authKeyOf()}`;
    expect(readOk(await bench.shop.post(path, { customerKey: 'customer-1' })).billingKey).toHaveLength(44);
  });

  test('an account has transfers and no card', async () => {
    const issued = await bench.billingKey('customer-1', { means: 'transfer' });
    expect(issued).toMatchObject({ method: '계좌이체', card: null, transfers: [{ bankName: expect.any(String) }] });
    expect(issued).not.toHaveProperty('cardCompany');
  });

  test('the newer version has lost the card company', async () => {
    const { clientKey, secretKey } = SECOND_TOSS_MERCHANT;
    const authKey = authKeyOf({}, { clientKey });
    const body = { authKey, customerKey: 'customer-1' };
    const issued = readOk(await bench.shop.with(secretKey).post('/v1/billing/authorizations/issue', body));
    expect(issued).not.toHaveProperty('cardCompany');
    expect(issued).not.toHaveProperty('cardNumber');
  });

  test('a guest can’t register', () => {
    expect(() => authKeyOf({}, { customerKey: '@@ANONYMOUS' })).toThrow('INVALID_REQUEST');
  });
});

describe('charging', () => {
  test('takes the money at once, of type BILLING, however the key is written', async () => {
    const { billingKey } = await bench.billingKey();
    const encoded = readOk(await bench.shop.charge(billingKey, { orderId: orderId() }));
    expect(encoded).toMatchObject({
      type: 'BILLING',
      status: 'DONE',
      totalAmount: 9900,
      suppliedAmount: 9000,
      vat: 900,
    });
    const body = { customerKey: 'customer-1', amount: '9900', orderId: orderId(), orderName: '월간', notKnown: null };
    expect(readOk(await bench.shop.post(`/v1/billing/${String(billingKey)}`, body)).totalAmount).toBe(9900);
  });

  test('an order number is charged once', async () => {
    const { billingKey } = await bench.billingKey();
    const body = { orderId: orderId() };
    readOk(await bench.shop.charge(billingKey, body));
    expect(codeOf(await bench.shop.charge(billingKey, body))).toMatch(/DUPLICATED_ORDER_ID$/);
    expect(bench.simulator.toss.repeatedOrders()).toEqual([]);
  });

  test('a declined order number may be tried again', async () => {
    const { billingKey } = await bench.billingKey();
    const body = { orderId: orderId() };
    bench.simulator.toss.declineApprovals({ code: 'REJECT_CARD_PAYMENT', orderId: body.orderId, times: 1 });
    expect(codeOf(await bench.shop.charge(billingKey, body))).toBe('403 REJECT_CARD_PAYMENT');
    expect(readOk(await bench.shop.charge(billingKey, body)).status).toBe('DONE');
  });

  test.each([
    ['another customer', { customerKey: 'customer-2' }, 'NOT_MATCHES_CUSTOMER_KEY'],
    ['no customer', { customerKey: null }, 'INVALID_REQUEST'],
    ['99 won of a card', { amount: 99 }, 'BELOW_MINIMUM_AMOUNT'],
    ['no name', { orderName: '' }, 'INVALID_REQUEST'],
    ['a name of 101 characters', { orderName: '가'.repeat(101) }, 'INVALID_REQUEST'],
    ['an order number of five characters', { orderId: 'abcde' }, 'INVALID_REQUEST'],
    ['more free of tax than the whole', { taxFreeAmount: 9901 }, 'INVALID_REQUEST'],
    ['instalments of a small sum', { cardInstallmentPlan: 3 }, 'INVALID_CARD_INSTALLMENT_PLAN'],
    ['one instalment', { amount: 50_000, cardInstallmentPlan: 1 }, 'INVALID_CARD_INSTALLMENT_PLAN'],
  ])('%s takes nothing', async (_what, body, code) => {
    const { billingKey } = await bench.billingKey();
    const before = bench.simulator.toss.bookTotals();
    expect(codeOf(await bench.shop.charge(billingKey, { orderId: orderId(), ...body }))).toBe(`400 ${code}`);
    expect(bench.simulator.toss.bookTotals()).toEqual(before);
  });

  test.each([
    ['4330123400003115', '403 REJECT_CARD_PAYMENT'],
    ['4330123400004113', '400 INVALID_STOPPED_CARD'],
    ['4330123400005110', '400 INVALID_CARD_EXPIRATION'],
    ['4330123400006118', '403 REJECT_CARD_COMPANY'],
  ])('card %s is declined each time: %s', async (card, expected) => {
    const { billingKey } = await bench.billingKey('customer-1', { card });
    for (let times = 0; times < 2; times += 1) {
      expect(codeOf(await bench.shop.charge(billingKey, { orderId: orderId() }))).toBe(expected);
    }
  });

  test('a share of orders is declined, the same ones in every run', async () => {
    const declinedBy = async (): Promise<string[]> => {
      const other = await openTossBench();
      try {
        const { billingKey } = await other.billingKey();
        other.simulator.toss.setDeclineRate(0.5);
        const ids = Array.from({ length: 20 }, (_, index) => `sub42-2027-${String(index).padStart(2, '0')}`);
        const answers = await Promise.all(ids.map((id) => other.shop.charge(billingKey, { orderId: id })));
        return ids.filter((_, index) => answers[index]?.status !== 200);
      } finally {
        await other.close();
      }
    };
    const [one, again] = [await declinedBy(), await declinedBy()];
    expect(again).toEqual(one);
    expect(one.length).toBeGreaterThan(2);
    expect(one.length).toBeLessThan(18);
  });
});

describe('deleting', () => {
  test('is answered with nothing at all; the key is dead, and told of', async () => {
    const { billingKey } = await bench.billingKey();
    const path = `/v1/billing/${encodeURIComponent(billingKey)}`;
    const deleted = await bench.shop.delete(path);
    expect([deleted.status, deleted.body.length]).toEqual([200, 0]);
    expect(codeOf(await bench.shop.charge(billingKey, { orderId: orderId() }))).toBe('400 ALREADY_REMOVED_BILLING_KEY');
    expect(codeOf(await bench.shop.delete(path))).toBe('400 ALREADY_REMOVED_BILLING_KEY');
    await bench.simulator.toss.deliverWebhooks();
    expect(bench.messages().at(-1)).toMatchObject({ eventType: 'BILLING_DELETED', data: { billingKey } });
  });

  test('another contract’s key, or none, is not found', async () => {
    const { billingKey } = await bench.billingKey();
    const elsewhere = bench.shop.with(SECOND_TOSS_MERCHANT.secretKey);
    expect(codeOf(await elsewhere.delete(`/v1/billing/${String(billingKey)}`))).toBe('404 NOT_FOUND_BILLING_KEY');
    expect(codeOf(await bench.shop.delete('/v1/billing/none'))).toBe('404 NOT_FOUND_BILLING_KEY');
  });
});
