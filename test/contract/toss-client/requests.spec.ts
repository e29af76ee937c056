import type { TossClient } from '../../../src/gateways/toss/api/toss.client';
import type { TossCall } from '../../../src/gateways/toss/api/requests';
import { seoulDate } from '../../../src/kernel/seoul-calendar';
import { won } from '../../../src/kernel/won';
import { BASIC, Opened, SECRET_KEY } from './fixture';

const CALL: TossCall = {
  account: 'toss',
  secretKey: SECRET_KEY,
  idempotencyKey: '7c9b2a54-e6c2-4a8e-9d0e-3b8f2f6a1c55',
};
const DAYS = { from: seoulDate('2026-11-27'), to: seoulDate('2026-11-28') };
const BILLING_KEY = 'MTfgQa5Xcg-mGp2k2IaWSEc9yytHcHDUnmWPgJudFy8=';

type Sent = [name: string, call: (client: TossClient) => Promise<unknown>, line: string, body: object | null];

const SENT: Sent[] = [
  [
    'confirm',
    (client) => client.confirm({ paymentKey: 'tshop1', orderId: 'order-1', amount: won(15_000) }, CALL),
    'POST /v1/payments/confirm',
    { paymentKey: 'tshop1', orderId: 'order-1', amount: 15_000 },
  ],
  ['payment', (client) => client.payment('tshop/1?', CALL), 'GET /v1/payments/tshop%2F1%3F', null],
  ['order', (client) => client.order('order-1', CALL), 'GET /v1/payments/orders/order-1', null],
  [
    'cancel',
    (client) =>
      client.cancel(
        'tshop1',
        { cancelReason: '고객 요청', cancelAmount: won(4_000), refundableAmount: won(15_000) },
        CALL,
      ),
    'POST /v1/payments/tshop1/cancel',
    { cancelReason: '고객 요청', cancelAmount: 4_000, refundableAmount: 15_000 },
  ],
  [
    'issue of a billing key',
    (client) => client.issueBillingKey({ authKey: 'bln_9x', customerKey: 'c1b0' }, CALL),
    'POST /v1/billing/authorizations/issue',
    { authKey: 'bln_9x', customerKey: 'c1b0' },
  ],
  [
    'charge of a billing key',
    (client) =>
      client.chargeBillingKey(
        BILLING_KEY,
        { customerKey: 'c1b0', amount: won(9_900), orderId: 'sub42-r0', orderName: '월간', taxFreeAmount: won(0) },
        CALL,
      ),
    'POST /v1/billing/MTfgQa5Xcg-mGp2k2IaWSEc9yytHcHDUnmWPgJudFy8%3D',
    { customerKey: 'c1b0', amount: 9_900, orderId: 'sub42-r0', orderName: '월간', taxFreeAmount: 0 },
  ],
  [
    'deletion of a billing key',
    (client) => client.deleteBillingKey(BILLING_KEY, { account: 'toss', secretKey: SECRET_KEY }),
    'DELETE /v1/billing/MTfgQa5Xcg-mGp2k2IaWSEc9yytHcHDUnmWPgJudFy8%3D',
    null,
  ],
  [
    'issue of a virtual account',
    (client) =>
      client.issueVirtualAccount(
        {
          ...{ amount: won(15_000), orderId: 'order-1', orderName: '문구', customerName: '김토스' },
          ...{ bank: '20', validHours: 168 },
        },
        CALL,
      ),
    'POST /v1/virtual-accounts',
    {
      ...{ amount: 15_000, orderId: 'order-1', orderName: '문구', customerName: '김토스' },
      ...{ bank: '20', validHours: 168 },
    },
  ],
  [
    'list of transactions',
    (client) => client.transactions(DAYS, 'txrd_a01', CALL),
    'GET /v1/transactions?startDate=2026-11-27T00%3A00%3A00&endDate=2026-11-28T23%3A59%3A59&limit=1000&startingAfter=txrd_a01',
    null,
  ],
  [
    'list of settlements',
    (client) => client.settlements(DAYS, 2, CALL),
    'GET /v1/settlements?startDate=2026-11-27&endDate=2026-11-28&dateType=soldDate&page=2&size=1000',
    null,
  ],
];

describe('what the client of Toss sends', () => {
  const opened = new Opened();

  afterEach(() => opened.close());

  async function sent(call: (client: TossClient) => Promise<unknown>) {
    const { client, server } = await opened.answered('400 No', '{}');
    await call(client);
    const text = Buffer.from(server.text, 'latin1').toString('utf8');
    const [head = '', body = ''] = text.split('\r\n\r\n');
    const [line = '', ...lines] = head.split('\r\n');
    const headers = Object.fromEntries(
      lines.map((each) => [each.slice(0, each.indexOf(':')).toLowerCase(), each.slice(each.indexOf(':') + 2)]),
    );
    return { line, headers, body };
  }

  it.each(SENT)('for the %s is this, byte by byte where it matters', async (_name, call, line, body) => {
    const request = await sent(call);
    expect(request.line).toBe(`${line} HTTP/1.1`);
    expect(request.headers).toMatchObject({ authorization: BASIC, 'accept-language': 'en-US' });
    expect(request.body === '' ? null : JSON.parse(request.body)).toEqual(body);
    expect(request.headers['content-type']).toBe(body === null ? undefined : 'application/json');
    expect(request.headers).not.toHaveProperty('transfer-encoding');
    const isDeletion = line.startsWith('DELETE');
    expect(request.headers['idempotency-key']).toBe(isDeletion ? undefined : CALL.idempotencyKey);
  });

  it('forces an error with test keys only', async () => {
    const forced = (secretKey: string) =>
      sent((client) => client.payment('tshop1', { account: 'toss', secretKey, testCode: 'REJECT_CARD_PAYMENT' }));
    expect((await forced('test_sk_a')).headers['tosspayments-test-code']).toBe('REJECT_CARD_PAYMENT');
    expect((await forced('live_sk_a')).headers).not.toHaveProperty('tosspayments-test-code');
  });

  it('is nothing for an id that would lead to another path', async () => {
    const { client, server } = await opened.answered('200 OK', '{}');
    for (const id of ['', '.', '..']) {
      await expect(async () => client.payment(id, CALL)).rejects.toThrow(RangeError);
    }
    expect(server.text).toBe('');
  });
});
