import { until } from '../../support/until';
import { openBench, type Bench } from './support/bench';
import { CREDENTIALS, HEADER_LINE, payFile, resultCodeOf, resultLines, rowText, type Answer } from './support/merchant';
import { chunked, speak } from './support/raw-http';
import { readCompletely, readStrictly } from './support/strict-reader';

const ROWS = [
  { orderNo: 'tx_my00001111', product: 'IAP_consumable_1000', billingToken: 'A'.repeat(96) },
  { orderNo: 'tx_my00002222', product: '동영상 클라우드 어린이TV', amount: 3300, card: 300, membership: 1000 },
];

let bench: Bench;
let accessToken: string;

beforeEach(async () => {
  bench = await openBench();
  accessToken = await bench.merchant.signIn();
});
afterEach(() => bench.close());

function submissionHead(extra: Record<string, string> = {}): string {
  const headers: Record<string, string> = {
    Host: 'sandbox.openapi.payplanet.co.kr',
    Authorization: `Bearer ${accessToken}`,
    verBulkPay: '1',
    bid: 'skplanet',
    notiUrl: bench.listener.url,
    cntTotalTrans: '2',
    priority: 'Instant',
    'Transfer-Encoding': 'chunked',
    'Content-Type': 'text/plain; charset=ISO-8859-1',
    Connection: 'close',
    ...extra,
  };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  return `POST /v1/payment/fileJob HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n`;
}

async function resultOf(jobId: string): Promise<string[][]> {
  await bench.simulator.control.deliverNotifications();
  await bench.merchant.verify(bench.lastNotification());
  return resultLines((await bench.merchant.result(jobId)).body);
}

test.each([1, 2, 3, 7, 64])(
  'an upload in chunks of %i bytes, splitting lines and characters, labelled ISO-8859-1, is read as UTF-8',
  async (size) => {
    const file = Buffer.from(payFile(ROWS), 'utf8');
    const sizes = Array.from({ length: file.length }, () => size);
    const answer = await speak(bench.simulator.port, [submissionHead(), ...chunked(file, sizes)]);
    expect(answer.status).toBe(200);
    expect(readCompletely('submit', answer.body)).toEqual({
      resultCode: '0000',
      resultMsg: 'Success',
      waitingJobs: 0,
      jobId: '1',
    });
    const lines = await resultOf('1');
    expect(lines.map((line) => line.slice(3, 11)).sort()).toEqual(
      ROWS.map((row) => rowText(row).split(',').slice(1)).sort(),
    );
  },
);

test('one chunk per line end and odd sizes in between make no difference', async () => {
  const file = Buffer.from(payFile(ROWS), 'utf8');
  const answer = await speak(bench.simulator.port, [
    submissionHead(),
    ...chunked(file, [HEADER_LINE.length, 1, 1, 97, 5000]),
  ]);
  expect(readCompletely('submit', answer.body).resultCode).toBe('0000');
  expect(await resultOf('1')).toHaveLength(2);
});

test.each([
  ['a final newline', `${payFile(ROWS)}\n`],
  ['no final newline', payFile(ROWS)],
  ['CRLF and a blank last line', `${payFile(ROWS).replaceAll('\n', '\r\n')}\r\n\r\n`],
  ['`amtTms` as the ninth column', payFile(ROWS).replace('amtRms', 'amtTms')],
])('a file with %s has two rows', async (_what, file) => {
  const answer = await bench.merchant.submitFile(file, 2);
  expect(readCompletely('submit', answer.body).resultCode).toBe('0000');
  expect(bench.simulator.control.job('1')).toMatchObject({ rows: 2, declaredRows: 2, amount: 4300 });
  expect(await resultOf('1')).toHaveLength(2);
});

test('header names are taken in any case and order', async () => {
  const file = payFile(ROWS);
  const head = [
    'POST /v1/payment/fileJob HTTP/1.1',
    'PRIORITY: Instant',
    'CNTTOTALTRANS: 2',
    `notiurl: ${bench.listener.url}`,
    'content-TYPE: text/plain',
    `content-length: ${Buffer.byteLength(file)}`,
    'BID: skplanet',
    'verbulkpay: 1',
    `AUTHORIZATION: bearer ${accessToken}`,
    'connection: close',
    'host: x',
  ].join('\r\n');
  const answer = await speak(bench.simulator.port, [`${head}\r\n\r\n`, file]);
  expect(readCompletely('submit', answer.body).jobId).toBe('1');
});

test('BASIC in upper case and a secret with + / = and a colon are understood; credentials split at the first colon', async () => {
  const other = await openBench({ clientId: 'ab+/=', clientSecret: 'x:y+/==' });
  try {
    for (const scheme of ['BASIC', 'Basic', 'basic']) {
      const body = 'grant_type=client_credentials';
      const answer = await speak(other.simulator.port, [
        `POST /oauth/service/accessToken HTTP/1.1\r\nHost: x\r\nConnection: close\r\n` +
          `AUTHORIZATION: ${scheme} ${Buffer.from('ab+/=:x:y+/==').toString('base64')}\r\n` +
          `Content-Type: application/x-www-form-urlencoded; charset=ISO-8859-1\r\nContent-Length: ${body.length}\r\n\r\n`,
        body,
      ]);
      expect(answer.status).toBe(200);
      const token = readCompletely('token', answer.body);
      expect(token).toMatchObject({ expired: '43200', tokenType: 'Bearer' });
      expect(token.accessToken).toMatch(/^[0-9a-f]{32}$/);
    }
  } finally {
    await other.close();
  }
});

test('with an empty notiUrl the payment runs, no notification comes and the result opens on completion', async () => {
  const answer = await speak(bench.simulator.port, [
    submissionHead({ notiUrl: '' }),
    ...chunked(Buffer.from(payFile(ROWS)), [500]),
  ]);
  expect(readCompletely('submit', answer.body).resultCode).toBe('0000');
  expect(resultCodeOf(await bench.merchant.result('1'))).toBe('8006');
  await bench.simulator.control.deliverNotifications();
  expect(bench.listener.received).toHaveLength(0);
  expect(resultLines((await bench.merchant.result('1')).body)).toHaveLength(2);
  expect(bench.simulator.control.bookTotals()).toMatchObject({ chargedCount: 2, chargedAmount: 4300 });
});

test('a count too high by one is accepted and never answered, as T store’s guide warns', async () => {
  const answer = await bench.merchant.submitFile(payFile(ROWS), 3);
  expect(readCompletely('submit', answer.body).resultCode).toBe('0000');
  await bench.simulator.control.deliverNotifications();
  expect(bench.listener.received).toHaveLength(0);
  expect(resultCodeOf(await bench.merchant.result('1'))).toBe('8006');
  expect(bench.simulator.control.bookTotals()).toMatchObject({ acceptedCount: 2, chargedCount: 2 });
});

test('a count too low drops the payments beyond it', async () => {
  await bench.merchant.submitFile(payFile(ROWS), 1);
  const lines = await resultOf('1');
  expect(lines.map((line) => line[6])).toEqual(['tx_my00001111']);
  expect(bench.simulator.control.bookTotals()).toMatchObject({
    acceptedCount: 2,
    chargedAmount: 1000,
    droppedCount: 1,
    droppedAmount: 3300,
  });
});

test.each([
  ['complete' as const, '0000', 2],
  ['refuse' as const, '8003', 0],
])('the policy %s answers a count too high with %s', async (countTooHigh, resultCode, charged) => {
  const other = await openBench({ countTooHigh });
  try {
    expect(resultCodeOf(await other.merchant.submitFile(payFile(ROWS), 3))).toBe(resultCode);
    await other.simulator.control.deliverNotifications();
    expect(other.simulator.control.bookTotals().chargedCount).toBe(charged);
    expect(other.listener.received).toHaveLength(charged > 0 ? 1 : 0);
  } finally {
    await other.close();
  }
});

test('a whole upload is read before a bad token is answered', async () => {
  const file = Buffer.from(payFile(ROWS).repeat(2000));
  const sizes = Array.from({ length: 40 }, () => Math.ceil(file.length / 40));
  const head = submissionHead({ Authorization: 'Bearer 00000000000000000000000000000000' });
  const answer = await speak(bench.simulator.port, [head, ...chunked(file, sizes)]);
  expect(answer).toMatchObject({ status: 401, complete: true });
  expect(readStrictly('submit', answer.body).resultCode).toBe('8001');
  expect(bench.simulator.control.jobs()).toEqual([]);
});

test('an upload broken off leaves nothing behind', async () => {
  const file = Buffer.from(payFile(ROWS));
  const answered = speak(bench.simulator.port, [
    submissionHead({ 'Content-Length': '9' }).replace('chunked', 'chunked'),
    ...chunked(file, [50]).slice(0, 1),
    'zz\r\n',
  ]);
  expect((await answered).status).not.toBe(200);
  expect(bench.simulator.control.jobs()).toEqual([]);
});

describe('refused submissions', () => {
  test.each([
    ['a file without its header line', rowText({ orderNo: 'a' }), {}],
    ['an empty file', '', {}],
    ['a file of a header alone', HEADER_LINE, {}],
    ['a file with a BOM', `\uFEFF${payFile(ROWS)}`, {}],
    ['another verBulkPay', payFile(ROWS), { verBulkPay: '2' }],
    ['another bid', payFile(ROWS), { bid: 'other' }],
    ['a count that is no number', payFile(ROWS), { cntTotalTrans: 'two' }],
    ['another priority', payFile(ROWS), { priority: 'Later' }],
    ['a notiUrl that is no web address', payFile(ROWS), { notiUrl: 'ftp://x' }],
  ])('%s is refused with a result code and changes nothing', async (_what, file, headers) => {
    const answer = await bench.merchant.submitFile(file, 2, headers);
    expect(answer.status).toBe(200);
    expect(readStrictly('submit', answer.body).resultCode).not.toBe('0000');
    expect(bench.simulator.control.jobs()).toEqual([]);
  });
});

test('a row that can not be read is declined with fourteen columns all the same', async () => {
  const rows = [
    rowText({ orderNo: 'good' }),
    'skpcorp,T,1,name,short',
    rowText({ orderNo: 'sum', amount: 5, carrier: 4 }),
  ];
  await bench.merchant.submitFile([HEADER_LINE, ...rows, rowText({ orderNo: 'm', mid: 'other' })].join('\n'), 4);
  const lines = await resultOf('1');
  expect(lines.map((line) => line.length)).toEqual([14, 14, 14, 14]);
  const codes = Object.fromEntries(lines.map((line) => [line[6], [line[11], line[12]]]));
  expect(codes).toMatchObject({ short: ['None', '8105'], sum: ['None', '8105'], m: ['None', '8106'] });
  expect(codes.good?.[1]).toBe('0000');
});

describe('the result file', () => {
  test('has the fourteen columns of T store’s wire, LF, and tids of both known forms', async () => {
    const jobId = await bench.verified(Array.from({ length: 40 }, (_, index) => ({ orderNo: `o${index}` })));
    const { body, headers } = await bench.merchant.result(jobId);
    expect(body.toString('utf8').split('\n')[0]).toBe(
      'id,cmId,bid,billingToken,productId,nmProduct,noBranchOrder,amtReqPurchase,amtCarrier,amtCreditCard,amtTms,tid,cdResult,msgResult',
    );
    expect(body.includes(13)).toBe(false);
    expect(headers['content-type']).toContain('text/plain');
    const lines = resultLines(body);
    expect(lines.every((line) => line.length === 14 && line[1] === 'skpcorp' && line[2] === 'skplanet')).toBe(true);
    const tids = lines.map((line) => line[11] as string);
    expect(tids.every((tid) => /^(TSTORE0004_|TS003_)\d{29}$/.test(tid))).toBe(true);
    expect(new Set(tids.map((tid) => tid.split('_')[0])).size).toBe(2);
    expect(new Set(tids).size).toBe(40);
  });

  test('comes in another order than the request, the same for the same seed', async () => {
    const rows = Array.from({ length: 50 }, (_, index) => ({ orderNo: `o${index}` }));
    const read = async (seed: string): Promise<string[]> => {
      const other = await openBench({ seed, declineRate: 0.3 });
      try {
        const lines = resultLines((await other.merchant.result(await other.verified(rows))).body);
        return lines.map((line) => `${line[6]} ${line[12]}`);
      } finally {
        await other.close();
      }
    };
    const first = await read('one');
    expect(first.map((line) => line.split(' ')[0])).not.toEqual(rows.map((row) => row.orderNo));
    expect(await read('one')).toEqual(first);
    expect(await read('two')).not.toEqual(first);
    const declined = first.filter((line) => !line.endsWith(' 0000'));
    expect(declined.length).toBeGreaterThan(5);
    expect(declined.length).toBeLessThan(30);
  });
});

describe('lookup and refund', () => {
  test('a paid transaction has a payer and its methods; the shortest refund form takes back the amount', async () => {
    const jobId = await bench.verified([ROWS[1] as (typeof ROWS)[number]]);
    const tid = resultLines((await bench.merchant.result(jobId)).body)[0]?.[11] as string;
    const before = readCompletely('transaction', (await bench.merchant.lookup(tid)).body);
    expect(before).toMatchObject({
      resultCode: '0000',
      paymentTransactionInfo: {
        status: 'complite',
        reason: '1',
        tid,
        amount: 3300,
        description: '동영상 클라우드 어린이TV',
        goods: [{ productId: '0910024116' }],
        paymentMethods: [
          { paymentMethod: '11', amount: 2000 },
          { paymentMethod: '21', amount: 300 },
          { paymentMethod: '31', amount: 1000 },
        ],
      },
    });
    const refund = readCompletely('refund', (await bench.merchant.refundShort(tid, 2100)).body);
    expect(refund).toMatchObject({
      resultCode: '0000',
      refundTransactionResponse: {
        tid,
        amount: 2100,
        paymentMethods: [
          { paymentMethod: '11', amount: 2000 },
          { paymentMethod: '21', amount: 100 },
        ],
      },
    });
    const after = readCompletely('transaction', (await bench.merchant.lookup(tid)).body);
    expect(after.paymentTransactionInfo).toMatchObject({ status: 'partiallyRefunded', amount: 3300 });
    expect(resultCodeOf(await bench.merchant.refundShort(tid, 1201))).toBe('8009');
    expect(resultCodeOf(await bench.merchant.refundShort(tid, 1200))).toBe('0000');
    expect(resultCodeOf(await bench.merchant.refundShort(tid, 1))).toBe('8009');
    expect(bench.simulator.control.bookTotals()).toMatchObject({ refundCount: 2, refundedAmount: 3300 });
  });

  test('a refund whose parameters are not those of the payment is refused', async () => {
    const jobId = await bench.verified([{ orderNo: 'a' }]);
    const tid = resultLines((await bench.merchant.result(jobId)).body)[0]?.[11] as string;
    const looked = readCompletely('transaction', (await bench.merchant.lookup(tid)).body);
    const refund = (request: object, payer: object | null): Promise<Answer> =>
      bench.merchant.refund({
        payer,
        refundTransactionRequest: { refundTid: null, tid, fullRefund: true, amount: 1000, note: 'n', ...request },
        links: { name: 'refundurl', url: 'http://x' },
      });
    expect(resultCodeOf(await refund({}, { authKey: 'someone else' }))).toBe('8008');
    expect(resultCodeOf(await refund({ paymentMethods: [{ paymentMethod: '11', amount: 900 }] }, null))).toBe('8008');
    expect(resultCodeOf(await refund({ paymentMethods: [{ paymentMethod: '99', amount: 1000 }] }, null))).toBe('8008');
    expect(resultCodeOf(await refund({ amount: 900 }, null))).toBe('8009');
    expect(resultCodeOf(await refund({ amount: 0 }, null))).toBe('8011');
    expect(resultCodeOf(await refund({ tid: 'TS003_1' }, null))).toBe('8007');
    expect(bench.simulator.control.refunds()).toEqual([]);
    const whole = { paymentMethods: [{ paymentMethod: '11', amount: 1000 }] };
    expect(resultCodeOf(await refund(whole, looked.payer as object))).toBe('0000');
  });

  test('the payer’s key of a lookup is the billing token it was charged with', async () => {
    const billingToken = '9843FA6B77E5C8F8DFCD17B2C356373CA2FCF0531D9967E8B61836F364996505';
    const jobId = await bench.verified([{ orderNo: 'a', billingToken }]);
    const tid = resultLines((await bench.merchant.result(jobId)).body)[0]?.[11] as string;
    expect(readCompletely('transaction', (await bench.merchant.lookup(tid)).body).payer).toEqual({
      authKey: billingToken,
    });
  });

  test('the refund of the operator’s sample, whose payer’s key is a placeholder, is taken', async () => {
    const jobId = await bench.verified([{ orderNo: 'a' }]);
    const tid = resultLines((await bench.merchant.result(jobId)).body)[0]?.[11] as string;
    const { paymentTransactionInfo } = readCompletely('transaction', (await bench.merchant.lookup(tid)).body);
    const { paymentMethods } = paymentTransactionInfo as { paymentMethods: { amount: number }[] };
    const refunded = await bench.merchant.refund({
      payer: { authKey: 'AuthKey' },
      refundTransactionRequest: {
        refundTid: null,
        tid,
        fullRefund: true,
        amount: paymentMethods[0]?.amount,
        note: 'Test refund request',
        paymentMethods,
      },
      links: { name: 'refundurl', url: 'http://' },
    });
    expect(resultCodeOf(refunded)).toBe('0000');
  });

  test('an unknown transaction is a result code', async () => {
    const answer = await bench.merchant.lookup('TS003_20151108152453940395925465529');
    expect(readStrictly('transaction', answer.body).resultCode).toBe('8007');
  });
});

const API_CALLS = [
  ['submit', 'POST', '/v1/payment/fileJob'],
  ['result', 'GET', '/v1/payment/job/1'],
  ['transaction', 'GET', '/v1/payment/transaction/TS003_1'],
  ['refund', 'POST', '/v1/payment/refund'],
  ['verify', 'POST', '/openapi/v1/payment/notification/verify'],
] as const;

const brokenRequest = (method: string, path: string, authorization: string): string =>
  `${method} ${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: ${authorization}\r\nContent-Length: 1\r\n\r\n{`;

test.each([['token', 'POST', '/oauth/service/accessToken'] as const, ...API_CALLS])(
  'a strict reader can read that %s is unauthorized',
  async (kind, method, path) => {
    const unauthorized = await speak(bench.simulator.port, [brokenRequest(method, path, 'Bearer no')]);
    expect(unauthorized.status).toBe(401);
    readStrictly(kind, unauthorized.body);
  },
);

test.each(API_CALLS)('a strict reader can read what is wrong with %s', async (kind, method, path) => {
  const wrongMethod = await speak(bench.simulator.port, [brokenRequest('PUT', path, `Bearer ${accessToken}`)]);
  expect(wrongMethod.status).toBe(405);
  readStrictly(kind, wrongMethod.body);
  const unreadable = await speak(bench.simulator.port, [brokenRequest(method, path, `Bearer ${accessToken}`)]);
  expect(unreadable.status).toBe(200);
  expect(readStrictly(kind, unreadable.body).resultCode).not.toBe('0000');
});

test('a strict reader can read that there is nothing at an address', async () => {
  const nowhere = await speak(bench.simulator.port, [
    'GET /v1/payment/nothing HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n',
  ]);
  expect(nowhere.status).toBe(404);
  readStrictly('verify', nowhere.body);
});

test('the credentials of the samples never stand in the log', async () => {
  const lines: string[] = [];
  const other = await openBench({ log: (line) => lines.push(line) });
  try {
    const token = await other.merchant.signIn();
    await other.verified([{ orderNo: 'a' }]);
    const log = lines.join('\n');
    expect(lines.length).toBeGreaterThanOrEqual(5);
    expect(log).not.toContain(token);
    expect(log).not.toContain(CREDENTIALS.split(':')[1]);
    expect(log).not.toContain('0123456789abcdef0123456789abcdef');
    expect(log).not.toContain('A'.repeat(64));
  } finally {
    await other.close();
  }
});

test('a bench that can’t sign in leaves nothing open', async () => {
  const servers = (): number => process.getActiveResourcesInfo().filter((kind) => kind === 'TCPServerWrap').length;
  const before = servers();
  await expect(openBench({ scenario: { faults: [{ kind: 'token-refused' }] } })).rejects.toThrow();
  await until('nothing listens any more', () => Promise.resolve(servers() === before || undefined));
});
