import { asReceipt, foundOf, standingOf } from '../../../src/gateways/portone/found-payment';
import type { StoreTerms } from '../../../src/gateways/portone/portone-accounts';
import { PAYMENT_STATUSES } from '../../../src/gateways/portone/wire';
import { API_SECRET, CALL, Opened, paid } from './fixture';

const PAYMENT_ID = 'ord-20261128-000031';

const TERMS: StoreTerms = {
  ...{ storeId: 'store-4b0c', channelKeys: ['channel-key-0e'], channelKey: 'channel-key-0e' },
  ...{ billingChannelKey: 'channel-key-0e', isLive: true, isManual: false },
};

describe('what the client of PortOne makes of answers', () => {
  const opened = new Opened();

  afterEach(() => opened.close());

  const looked = async (status: string, body: string) => {
    const { client } = await opened.answered(status, body);
    return client.payment(PAYMENT_ID, CALL);
  };
  const received = async (members = {}) => asReceipt(await looked('200 OK', paid(members)), TERMS);

  it.each([
    ['as the page has it', paid()],
    ['with numbers as text', paid().replace(/":(\d+)/g, '":"$1"')],
    ['with unknown members', paid().replace('{', '{"new":{"deep":[1]},')],
  ])('takes a yes %s', async (_name, body) => {
    expect(asReceipt(await looked('200 OK', body), TERMS)).toEqual({
      kind: 'success',
      value: {
        ...{ transactionId: PAYMENT_ID, orderNo: PAYMENT_ID, amount: 9_900, currency: 'KRW', standing: 'paid' },
        ...{ resultCode: 'PAID', resultMessage: 'EasyPay KAKAOPAY KAKAOPAY Ta0c109f57126faa1c72' },
        ...{ paidAt: new Date('2026-11-28T07:26:52Z'), receiptUrl: null, depositAccount: null },
      },
    });
  });

  it('asks for the store by name, with the secret in the header and nowhere else', async () => {
    const { client, requests } = await opened.answered('200 OK', paid());
    await client.payment('a/b c', CALL);
    expect(requests[0]).toMatch(/^GET \/payments\/a%2Fb%20c\?storeId=store-4b0c HTTP/);
    expect(requests[0]).toContain(`Authorization: PortOne ${API_SECRET}`);
  });

  it.each([
    [{ storeId: 'store-other' }, /store store-other/],
    [{ version: 'V1' }, /version V1/],
    [{ channel: undefined }, /no channel/],
    [{ channel: { type: 'TEST', key: 'channel-key-0e' } }, /TEST in live/],
    [{ channel: { type: 'LIVE', key: 'channel-key-1f' } }, /channel-key-1f, which is not the account’s/],
  ])('objects to a yes of another store, version or channel: %j', async (members, why) => {
    expect(await received(members)).toMatchObject({
      value: { standing: 'paid', objection: expect.stringMatching(why) },
    });
  });

  it('takes a channel of tests where nothing is live', async () => {
    const answer = await looked('200 OK', paid({ channel: { type: 'TEST', key: 'channel-key-0e' } }));
    expect(asReceipt(answer, { ...TERMS, isLive: false })).not.toHaveProperty('value.objection');
  });

  it('knows each state of the page, and that nobody knows yet of one that is pending', () => {
    const payment = { paidAt: new Date() } as Parameters<typeof standingOf>[0];
    const known = PAYMENT_STATUSES.filter((status) => standingOf({ ...payment, status }) !== undefined);
    expect(PAYMENT_STATUSES.filter((status) => !known.includes(status))).toEqual(['PAY_PENDING', 'PENDING']);
    for (const status of ['', 'DONE', 'constructor', '__proto__']) {
      expect(standingOf({ ...payment, status })).toBeUndefined();
    }
  });

  it('tells of one that is pending that it is undecided', async () => {
    for (const status of ['PAY_PENDING', 'PENDING']) {
      expect(await received({ status })).toMatchObject({ kind: 'unknown', reason: 'undecided' });
    }
  });

  it('takes what is left from what came and went, and lists what was given back', async () => {
    const given = {
      id: 'c-1',
      status: 'SUCCEEDED',
      totalAmount: 3_300,
      reason: '고객 요청',
      cancelledAt: '2026-11-29T01:00:00Z',
    };
    const amount = { total: 9_900, taxFree: 0, vat: 900, discount: 0, paid: 9_900, cancelled: 3_300 };
    const cancellations = [
      given,
      { ...given, id: 'c-2', status: 'REQUESTED' },
      { ...given, id: 'c-3', status: 'FAILED' },
    ];
    const answer = await looked('200 OK', paid({ status: 'PARTIAL_CANCELLED', amount, cancellations }));
    if (answer.kind !== 'success') throw new Error(answer.kind);
    expect(foundOf(answer.value, TERMS)).toMatchObject({
      ...{ standing: 'paid', isPaid: false, isRefunded: true, balance: 6_600 },
      refunds: [{ refundTransactionId: 'c-1', amount: 3_300, note: '고객 요청', at: '2026-11-29T01:00:00.000Z' }],
    });
  });

  it('is no won in another currency', async () => {
    expect(await received({ currency: 'USD' })).toMatchObject({ value: { amount: 0, currency: 'USD' } });
  });

  it.each([
    ['200 OK', '<html>maintenance</html>', 'unreadable-answer'],
    ['200 OK', '', 'unreadable-answer'],
    ['200 OK', '[]', 'unreadable-answer'],
    ['200 OK', paid({ amount: { total: 0.5, paid: 0 } }), 'unreadable-answer'],
    ['200 OK', paid({ amount: 9_900 }), 'unreadable-answer'],
    ['200 OK', paid({ id: '..' }), 'unreadable-answer'],
    ['200 OK', paid({ cancellations: [{}] }), 'unreadable-answer'],
    ['201 Created', paid(), 'unexpected-status'],
    ['302 Found', '', 'unexpected-status'],
    ['400 Bad Request', '<html>proxy</html>', 'unknown-refusal'],
    ['404 Not Found', '{"type":"NEVER_SEEN","message":"?"}', 'unknown-refusal'],
    ['409 Conflict', '{"type":"ALREADY_PAID"}', 'undecided'],
    ['500 Oops', '{"type":"PAYMENT_NOT_FOUND"}', 'server-error'],
    ['502 Bad Gateway', '<html>proxy</html>', 'server-error'],
    ['502 Bad Gateway', '{"type":"PG_PROVIDER","pgCode":"X"}', 'undecided'],
  ])('proves nothing: %s %s', async (status, body, reason) => {
    expect(await looked(status, body)).toMatchObject({ kind: 'unknown', reason });
  });

  it.each([
    ['401 Unauthorized', '', { unauthorized: true }],
    ['403 Forbidden', '{"type":"FORBIDDEN"}', { unauthorized: true }],
    ['404 Not Found', '{"type":"PAYMENT_NOT_FOUND"}', { notFound: true, unauthorized: false }],
    ['429 Too Many Requests', '{"type":"PAYMENT_NOT_FOUND"}', { notNow: true }],
  ])('is refused: %s %s', async (status, body, marks) => {
    const answer = await looked(status, body);
    expect(answer).toMatchObject({ kind: 'refused', ...marks });
    expect(answer).not.toHaveProperty('keyUsedUp');
  });

  it('repeats no secret that an answer repeats', async () => {
    const answer = await looked(
      '400 Bad Request',
      JSON.stringify({ type: 'INVALID_REQUEST', message: `bad ${API_SECRET}` }),
    );
    expect(JSON.stringify(answer)).not.toContain(API_SECRET);
  });
});
