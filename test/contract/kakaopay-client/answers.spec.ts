import { asReceipt, foundOf, leftOf, standingOf } from '../../../src/gateways/kakaopay/found-payment';
import { PAYMENT_STATUSES } from '../../../src/gateways/kakaopay/wire';
import { won } from '../../../src/kernel/won';
import { CALL, Opened, SECRET_KEY, sample } from './fixture';

const APPROVE = {
  ...{ tid: 'Ta0c109f57126faa1c72', partner_order_id: 'order-1', partner_user_id: 'c_7f31' },
  ...{ pg_token: 'adcdaf8fb1b4e6ab9d40', total_amount: won(9_900) },
};
const CANCEL = {
  ...{ tid: 'Ta0c109f57126faa1c72', cancel_amount: won(100), cancel_tax_free_amount: won(0) },
  ...{ cancel_vat_amount: won(9), cancel_available_amount: won(9_900), payload: 'order-1 refund 7' },
};

describe('what the client of KakaoPay makes of answers', () => {
  const opened = new Opened();

  afterEach(() => opened.close());

  const approved = async (status: string, body: string) => {
    const { client } = await opened.answered(status, body);
    return client.approve(APPROVE, CALL);
  };
  const MONEY = sample('kakaopay-approve-money');

  it.each([
    ['as it was recorded', MONEY],
    ['with numbers as text', MONEY.replace(/: (\d+)/g, ': "$1"')],
    ['with unknown members', MONEY.replace('{', '{"new":{"deep":[1]},')],
    ['after a byte order mark', `\uFEFF${MONEY}`],
  ])('takes a yes %s', async (_name, body) => {
    const {
      tid,
      partner_order_id: orderNo,
      amount,
    } = JSON.parse(MONEY) as {
      tid: string;
      partner_order_id: string;
      amount: { total: number };
    };
    expect(asReceipt(await approved('200 OK', body))).toMatchObject({
      kind: 'success',
      value: {
        transactionId: tid,
        orderNo,
        amount: amount.total,
        standing: 'paid',
        currency: 'KRW',
      },
    });
  });

  it('reads a card that was recorded, and Seoul’s times without an offset', async () => {
    expect(asReceipt(await approved('200 OK', sample('kakaopay-approve-card')))).toMatchObject({
      kind: 'success',
      value: { amount: 2_200, resultMessage: 'CARD 수협은행', paidAt: new Date('2023-07-15T12:18:22Z') },
    });
  });

  it('takes what is left from what came and went, whatever the answer calls so', async () => {
    const order = sample('kakaopay-order-success-money');
    const { cid } = JSON.parse(order) as { cid: string };
    const call = { ...CALL, contract: { cid } };
    const { client } = await opened.answered('200 OK', order);
    const answer = await client.order(APPROVE.tid, call);
    if (answer.kind !== 'success') throw new Error(answer.kind);
    expect(foundOf(answer.value)).toMatchObject({ standing: 'paid', isPaid: true, isRefunded: false });
    const amount = { total: won(9_900), taxFree: won(0), vat: won(900) };
    const canceled = { total: won(3_300), taxFree: won(0), vat: won(300) };
    expect(leftOf({ ...answer.value, amount, canceled })).toEqual({ total: 6_600, taxFree: 0, vat: 600 });
  });

  it('knows each state of the page', () => {
    for (const status of PAYMENT_STATUSES) expect(standingOf(status)).toBeDefined();
    for (const status of ['', 'DONE', 'constructor', '__proto__']) expect(standingOf(status)).toBeUndefined();
  });

  it.each([
    ['200 OK', '<html>maintenance</html>', 'unreadable-answer'],
    ['200 OK', '', 'unreadable-answer'],
    ['200 OK', '[]', 'unreadable-answer'],
    ['200 OK', MONEY.replace(/"total": \d+/, '"total": 0.5'), 'unreadable-answer'],
    ['200 OK', MONEY.replace('"TC0ONETIME"', '"CANOTHER01"'), 'another-payment'],
    ['201 Created', MONEY, 'unexpected-status'],
    ['302 Found', '', 'unexpected-status'],
    ['400 Bad Request', '<html>proxy</html>', 'unknown-refusal'],
    ['400 Bad Request', '{"error_code":-9999,"error_message":"?"}', 'unknown-refusal'],
    ['400 Bad Request', '{"error_code":-702,"error_message":"approved"}', 'undecided'],
    ['500 Oops', '{"error_code":-708,"error_message":"?"}', 'server-error'],
    ['502 Bad Gateway', '<html>proxy</html>', 'server-error'],
  ])('believes nothing of %s %s', async (status, body, reason) => {
    expect(await approved(status, body)).toMatchObject({ kind: 'unknown', reason, mayHaveArrived: true });
  });

  it.each([
    ['401 Unauthorized', ''],
    ['401 Unauthorized', '<html>proxy</html>'],
    ['403 Forbidden', '{}'],
    ['400 Bad Request', '{"error_code":-401,"error_message":"key"}'],
    ['400 Bad Request', '{"code":-731,"msg":"cid"}'],
  ])('takes %s %s for a word about us', async (status, body) => {
    expect(await approved(status, body)).toMatchObject({ kind: 'refused', unauthorized: true });
  });

  it.each([
    ['400 Bad Request', sample('kakaopay-error-approve-refused'), { kind: 'declined', resultCode: 'USER_LOCKED' }],
    [
      '400 Bad Request',
      sample('kakaopay-error-approve-too-early-legacy'),
      { kind: 'refused', resultCode: '-701', returnRefused: true, unauthorized: false },
    ],
    ['429 Too Many', '{"error_code":-10}', { kind: 'refused', resultCode: '-10', notNow: true }],
    ['503 Away', '{"error_code":-9798,"error_message":"maintenance"}', { kind: 'refused', notNow: true }],
    ['503 Away', '{"code":-7,"msg":"maintenance"}', { kind: 'refused', notNow: true }],
  ])('reads a no of either generation: %s %s', async (status, body, expected) => {
    expect(await approved(status, body)).toMatchObject(expected);
  });

  it('knows nobody to decline a cancellation, and repeats no secret', async () => {
    const { client } = await opened.answered(
      '400 Bad Request',
      `{"error_code":-780,"error_message":"of ${SECRET_KEY}"}`,
    );
    const answer = await client.cancel(CANCEL, CALL);
    expect(answer).toMatchObject({ kind: 'unknown', reason: 'unknown-refusal' });
    expect(JSON.stringify(answer)).not.toContain(SECRET_KEY);
  });

  describe('asks', () => {
    it('in the current generation by JSON, with numbers', async () => {
      const { client, requests } = await opened.answered('200 OK', MONEY);
      await client.approve(APPROVE, { ...CALL, contract: { cid: 'TC0ONETIME', cidSecret: 'a'.repeat(24) } });
      const [request = ''] = requests;
      expect(request).toMatch(/^POST \/online\/v1\/payment\/approve HTTP\/1\.1\r\n/);
      expect(request).toContain(`Authorization: SECRET_KEY ${SECRET_KEY}\r\n`);
      expect(JSON.parse(request.split('\r\n\r\n')[1] ?? '')).toEqual({
        ...{ cid: 'TC0ONETIME', cid_secret: 'a'.repeat(24) },
        ...APPROVE,
      });
    });

    it('in the legacy one by a form, at its own address', async () => {
      const { client, requests } = await opened.answered('200 OK', sample('kakaopay-ready-legacy'));
      await client.order(APPROVE.tid, { ...CALL, generation: 'legacy' });
      const [request = ''] = requests;
      expect(request).toMatch(/^POST \/v1\/payment\/order HTTP\/1\.1\r\n/);
      expect(request).toContain(`Authorization: KakaoAK ${SECRET_KEY}\r\n`);
      expect(request).toContain('Content-Type: application/x-www-form-urlencoded;charset=utf-8\r\n');
      expect(request.split('\r\n\r\n')[1]).toBe(`cid=TC0ONETIME&tid=${APPROVE.tid}`);
    });

    it('where a customer is to be led, and takes no address that runs a script', async () => {
      const ready = sample('kakaopay-ready-legacy');
      const request = {
        ...{ partner_order_id: 'order-1', partner_user_id: 'c_7f31', item_name: '이용권', quantity: 1 },
        ...{ total_amount: won(9_900), tax_free_amount: won(0), vat_amount: won(900) },
        ...{ approval_url: 'https://a.example', cancel_url: 'https://b.example', fail_url: 'https://c.example' },
      };
      const { client } = await opened.answered('200 OK', ready);
      const { tid, next_redirect_pc_url: pc } = JSON.parse(ready) as Record<string, string>;
      expect(await client.ready(request, CALL)).toMatchObject({
        kind: 'success',
        value: { tid, redirects: { next_redirect_pc_url: pc } },
      });
      const bad = await opened.answered('200 OK', '{"tid":"T1","next_redirect_pc_url":"javascript:alert(1)"}');
      expect(await bad.client.ready(request, CALL)).toMatchObject({ kind: 'unknown', reason: 'unreadable-answer' });
    });
  });
});
