import { TossClient } from '../../../src/gateways/toss/api/toss.client';
import { asReceipt } from '../../../src/gateways/toss/receipts';
import { won } from '../../../src/kernel/won';
import { RawServer, httpAnswer, isWholeRequest } from '../tstore-client/raw-server';
import { BASIC, Opened, SECRET_KEY, sample, tossConfig } from './fixture';

const CALL = { account: 'toss', secretKey: SECRET_KEY, idempotencyKey: 'a-key' };
const DONE = sample('toss-confirm-done-card');
const PAYMENT = { paymentKey: 'tshop202410162030373Ypeh', orderId: 'MC4gPSeBtbvuuLUQsJxq', amount: won(100) };

describe('what the client of Toss makes of answers', () => {
  const opened = new Opened();

  afterEach(() => opened.close());

  const confirmed = async (status: string, body: string) => {
    const { client } = await opened.answered(status, body);
    return client.confirm(PAYMENT, CALL);
  };

  it.each([
    ['unknown members at any depth', DONE.replace('{', '{"new":{"deep":[1]},')],
    ['amounts as text', DONE.replace(/Amount": (\d+)/g, 'Amount": "$1"')],
    ['amounts written with a fraction of nothing', DONE.replace(/Amount": (\d+)/g, 'Amount": $1.0')],
    ['a byte order mark before it', `\uFEFF${DONE}`],
    ['nothing but what decides', JSON.stringify(pick(JSON.parse(DONE) as Record<string, unknown>))],
  ])('takes a yes with %s', async (_name, body) => {
    expect(asReceipt(await confirmed('200 OK', body))).toMatchObject({
      kind: 'success',
      value: { transactionId: PAYMENT.paymentKey, orderNo: PAYMENT.orderId, amount: 100, standing: 'paid' },
    });
  });

  it('tells what was paid as Toss says it, whatever was asked', async () => {
    const other = DONE.replace(/"(total|balance)Amount": 100/g, '"$1Amount": 200');
    expect(asReceipt(await confirmed('200 OK', other))).toMatchObject({ kind: 'success', value: { amount: 200 } });
    const dollars = DONE.replace('"KRW"', '"USD"').replace('"totalAmount": 100', '"totalAmount": 100.5');
    expect(asReceipt(await confirmed('200 OK', dollars))).toMatchObject({
      kind: 'success',
      value: { amount: 0, currency: 'USD' },
    });
  });

  it.each([
    ['200 OK', '<html>maintenance</html>', 'unreadable-answer'],
    ['200 OK', '', 'unreadable-answer'],
    ['200 OK', '[]', 'unreadable-answer'],
    ['200 OK', DONE.replace('"totalAmount": 100', '"totalAmount": 100.5'), 'unreadable-answer'],
    ['200 OK', DONE.replace('"status": "DONE",', ''), 'unreadable-answer'],
    ['200 OK', DONE.replace('"DONE"', '"BRAND_NEW"'), 'unreadable-answer'],
    ['201 Created', DONE, 'unexpected-status'],
    ['302 Found', '', 'unexpected-status'],
    ['400 Bad Request', '<html>proxy</html>', 'unknown-refusal'],
    ['401 Unauthorized', '<html>proxy</html>', 'unknown-refusal'],
    ['404 Not Found', '<html>proxy</html>', 'unknown-refusal'],
    ['404 Not Found', '{"message":"no code"}', 'unknown-refusal'],
    ['400 Bad Request', '{"code":"NEVER_SEEN_BEFORE","message":"?"}', 'unknown-refusal'],
    ['500 Oops', '<html>proxy</html>', 'server-error'],
    ['502 Bad Gateway', '', 'server-error'],
    ['503 Away', '{"code":"REJECT_CARD_PAYMENT","message":"no"}', 'server-error'],
    ['409 Conflict', '{"code":"IDEMPOTENT_REQUEST_PROCESSING","message":"wait"}', 'undecided'],
    ['400 Bad Request', '{"code":"PROVIDER_ERROR","message":"later"}', 'undecided'],
    ['400 Bad Request', '{"code":"ALREADY_PROCESSED_PAYMENT","message":"done"}', 'undecided'],
  ])('takes %s %s for neither yes nor no: %s', async (status, body, reason) => {
    expect(asReceipt(await confirmed(status, body))).toMatchObject({ kind: 'unknown', reason, mayHaveArrived: true });
  });

  it.each(['200 OK', '400 Bad Request', '403 Forbidden', '404 Not Found'])(
    'goes by the code, not by %s',
    async (status) => {
      const no = (code: string) => confirmed(status, JSON.stringify({ code, message: 'no' }));
      expect(await no('REJECT_CARD_PAYMENT')).toMatchObject({ kind: 'declined', retry: 'later' });
      expect(await no('NOT_FOUND_PAYMENT_SESSION')).toMatchObject({ kind: 'refused', attemptOver: true });
      expect(await no('FORBIDDEN_CONSECUTIVE_REQUEST')).toMatchObject({ kind: 'refused', notNow: true });
      expect(await no('NOT_FOUND_PAYMENT')).toMatchObject({ kind: 'refused', notFound: true });
    },
  );

  it('reads an error that is wrapped, and takes 429 for too much at once whatever it says', async () => {
    const wrapped = JSON.stringify({ version: 'v2', error: { code: 'FDS_ERROR', message: 'no' } });
    expect(await confirmed('400 Bad Request', wrapped)).toMatchObject({ kind: 'declined', retry: 'never' });
    expect(await confirmed('429 Too Many Requests', '<html>')).toMatchObject({ kind: 'refused', notNow: true });
  });

  it('asks a lookup’s no of nobody: a code about cards says nothing of it', async () => {
    const { client } = await opened.answered('400 No', '{"code":"REJECT_CARD_PAYMENT","message":"no"}');
    expect(await client.payment('key', CALL)).toMatchObject({ kind: 'unknown', resultCode: 'REJECT_CARD_PAYMENT' });
  });

  it('gives up an answer that does not come, a broken one and one that is never sent', async () => {
    const silent = await opened.server(new RawServer());
    const hasty = opened.client(tossConfig(silent.url, { answerTimeoutMs: 50 }));
    expect(await hasty.confirm(PAYMENT, CALL)).toMatchObject({
      ...{ kind: 'unknown', reason: 'answer-timeout', mayHaveArrived: true },
    });
    const cutting = await opened.server(
      new RawServer((socket, received) => {
        if (isWholeRequest(received)) socket.end(httpAnswer('200 OK', DONE).slice(0, -20));
      }),
    );
    expect(await opened.client(tossConfig(cutting.url)).confirm(PAYMENT, CALL)).toMatchObject({
      ...{ kind: 'unknown', reason: 'connection-lost', mayHaveArrived: true },
    });
    const { port } = cutting;
    await opened.close();
    const nobody = opened.client(tossConfig(`http://127.0.0.1:${port}`));
    expect(await nobody.confirm(PAYMENT, CALL)).toMatchObject({ kind: 'unknown', mayHaveArrived: false });
  });

  it('repeats no secret, should Toss do so', async () => {
    const billingKey = 'MTfgQa5Xcg-mGp2k2IaWSEc9yytHcHDUnmWPgJudFy8=';
    const customerKey = 'c1b0a2f4-customer';
    const echo = { code: 'INVALID_REQUEST', message: `${SECRET_KEY} ${BASIC} ${billingKey} ${customerKey} authkey-9x` };
    const { client } = await opened.answered('400 No', JSON.stringify(echo));
    const charge = { customerKey, amount: won(100), orderId: 'order-1', orderName: 'x', taxFreeAmount: won(0) };
    const answers = [
      await client.chargeBillingKey(billingKey, charge, CALL),
      await client.issueBillingKey({ authKey: 'authkey-9x', customerKey }, CALL),
      await client.deleteBillingKey(billingKey, CALL),
    ];
    expect(answers.map(({ kind }) => kind)).toEqual(['refused', 'refused', 'refused']);
    for (const answer of answers) {
      expect(JSON.stringify(answer)).not.toMatch(/test_gsk|dGVzdF9/);
    }
    expect(JSON.stringify(answers[0])).not.toMatch(/MTfgQa5X|c1b0a2f4/);
    expect(JSON.stringify(answers[1])).not.toMatch(/authkey-9x|c1b0a2f4/);
    expect(JSON.stringify(answers[2])).not.toMatch(/MTfgQa5X/);
  });

  it('reads no body where a billing key was deleted', async () => {
    for (const body of ['', 'null', '<html>']) {
      const { client } = await opened.answered('200 OK', body);
      expect(await client.deleteBillingKey('key', CALL)).toEqual({ kind: 'success', value: null });
    }
    const { client } = await opened.answered('400 No', '{"code":"ALREADY_REMOVED_BILLING_KEY","message":"gone"}');
    expect(await client.deleteBillingKey('key', CALL)).toMatchObject({ kind: 'refused', notFound: true });
  });

  it('reads a billing key, and of its card what may be shown', async () => {
    const issued = {
      ...{ mId: 'tshopbill00001', customerKey: 'c1b0', authenticatedAt: '2026-11-28T14:10:05+09:00', method: '카드' },
      billingKey: 'MTfgQa5Xcg-mGp2k2IaWSEc9yytHcHDUnmWPgJudFy8=',
      card: { issuerCode: '61', acquirerCode: '31', number: '43301234****123*', cardType: '신용', ownerType: '개인' },
      ...{ transfers: null, cardCompany: '현대', cardNumber: '43301234****123*' },
    };
    const of = async (body: object) => {
      const { client } = await opened.answered('200 OK', JSON.stringify(body));
      return (client satisfies TossClient).issueBillingKey({ authKey: 'a', customerKey: 'k' }, CALL);
    };
    expect(await of(issued)).toMatchObject({
      kind: 'success',
      value: { billingKey: issued.billingKey, customerKey: 'c1b0', label: '카드 현대 …123*' },
    });
    const { cardCompany: _, cardNumber: __, ...newer } = issued;
    expect(await of(newer)).toMatchObject({ kind: 'success', value: { label: '카드 61 …123*' } });
    const transfers = [{ bankName: '토스뱅크', bankAccountNumber: '1000****5678' }];
    const transfer = { ...newer, method: '계좌이체', card: null, transfers };
    expect(await of(transfer)).toMatchObject({ kind: 'success', value: { label: '계좌이체 토스뱅크 …5678' } });
    expect(await of({ ...newer, billingKey: null })).toMatchObject({ kind: 'unknown', reason: 'unreadable-answer' });
  });
});

function pick(payment: Record<string, unknown>): Record<string, unknown> {
  const names = ['paymentKey', 'orderId', 'status', 'totalAmount', 'balanceAmount', 'currency'];
  return Object.fromEntries(names.map((name) => [name, payment[name]]));
}
