import { openBench, type Bench } from './support/bench';
import { answerSuccess } from './support/listener';
import { orders, resultCodeOf } from './support/merchant';
import { readCompletely } from './support/strict-reader';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

let bench: Bench;

beforeEach(async () => {
  bench = await openBench();
});
afterEach(() => bench.close());

/** Minutes from the first delivery to each. */
function deliveredAfterMinutes(): number[] {
  const attempts = bench.simulator.control.notifications()[0]?.attempts ?? [];
  const firstAt = Date.parse(attempts[0]?.sentAt ?? '');
  return attempts.map(({ sentAt }) => Math.round((Date.parse(sentAt) - firstAt) / MINUTE));
}

async function submitAndWait(forMs: number): Promise<void> {
  await bench.merchant.submitted(orders(1));
  await bench.simulator.control.advance(forMs);
}

test('a completed job is told with exactly the five members, as JSON', async () => {
  await submitAndWait(1000);
  const [received] = bench.listener.received;
  expect(received?.headers['content-type']).toBe('application/json');
  expect(received?.path).toBe(new URL(bench.listener.url).pathname);
  expect(JSON.parse(received?.body ?? '')).toEqual({
    notifyVersion: '1.0',
    event: 'bulkJob',
    status: 'completed',
    jobId: '1',
    updateTime: expect.stringMatching(/^\d{14}$/),
  });
});

test('nothing is told before the processing and the notification delay are over', async () => {
  await submitAndWait(199);
  expect(bench.simulator.control.job('1')?.state).toBe('Accepted');
  await bench.simulator.control.advance(1);
  expect(bench.simulator.control.job('1')?.state).toBe('Completed');
  await bench.simulator.control.advance(299);
  expect(bench.listener.received).toHaveLength(0);
  await bench.simulator.control.advance(1);
  expect(bench.listener.received).toHaveLength(1);
});

test('without a verification the same message comes again after 30 minutes and at varying intervals for 48 hours', async () => {
  await submitAndWait(49 * HOUR);
  const minutes = deliveredAfterMinutes();
  expect(minutes.slice(0, 2)).toEqual([0, 30]);
  expect(minutes.length).toBeGreaterThanOrEqual(10);
  expect(minutes.at(-1)).toBeLessThanOrEqual(48 * 60);
  expect(minutes.at(-1)).toBeGreaterThan(40 * 60);
  const gaps = minutes.slice(1).map((minute, index) => minute - (minutes[index] as number));
  expect(new Set(gaps).size).toBeGreaterThan(5);
  expect(new Set(bench.listener.received.map(({ body }) => body)).size).toBe(1);
  expect(bench.listener.received).toHaveLength(minutes.length);
  expect(bench.simulator.control.notifications()).toMatchObject([{ state: 'GivenUp', nextAt: null }]);
});

test('a verification ends the session: no further message, and the result opens', async () => {
  await submitAndWait(31 * MINUTE);
  expect(bench.listener.received).toHaveLength(2);
  expect(resultCodeOf(await bench.merchant.result('1'))).toBe('8006');
  expect(readCompletely('verify', (await bench.merchant.verify(bench.lastNotification())).body)).toEqual({
    resultCode: '0000',
    resultMsg: 'SUCCESS',
  });
  await bench.simulator.control.advance(48 * HOUR);
  expect(bench.listener.received).toHaveLength(2);
  expect(bench.simulator.control.notifications()).toMatchObject([{ state: 'Verified' }]);
  // 48 hours outlive a token.
  await bench.merchant.signIn();
  expect((await bench.merchant.result('1')).body.toString()).toMatch(/^id,cmId/);
});

test.each([
  ['9999', 200, '{"resultCode":"9999","resultMsg":"Exception occur"}'],
  ['503', 503, '{"resultCode":"0000","resultMsg":"SUCCESS"}'],
  ['201', 201, '{"resultCode":"0000","resultMsg":"SUCCESS"}'],
  ['no JSON', 200, 'SUCCESS'],
  ['nothing', 200, ''],
])(
  'an answer of %s counts as failed; the message comes again soon and until it is answered well',
  async (_what, status, body) => {
    bench.listener.answerWith((_received, response) => {
      response.writeHead(status).end(body);
    });
    await submitAndWait(4 * MINUTE);
    expect(deliveredAfterMinutes()).toEqual([0, 1, 3]);
    expect(bench.simulator.control.notifications()[0]?.attempts.every(({ failure }) => failure !== null)).toBe(true);
    bench.listener.answerWith(answerSuccess);
    await bench.simulator.control.advance(10 * MINUTE);
    expect(deliveredAfterMinutes()).toEqual([0, 1, 3, 7]);
  },
);

async function openImpatientBench(): Promise<void> {
  await bench.close();
  bench = await openBench({ answerTimeoutMs: 500 });
}

test('an answer that comes too late counts as failed, with all of it recorded', async () => {
  await openImpatientBench();
  bench.listener.answerWith(() => undefined);
  await submitAndWait(1000);
  expect(bench.simulator.control.notifications()).toMatchObject([
    {
      state: 'Sent',
      attempts: [{ status: null, resultCode: null, failure: 'no answer within 500 ms', sent: true }],
    },
  ]);
  expect(bench.simulator.control.notifications()[0]?.nextAt).not.toBeNull();
});

test('an answer whose body never ends counts as failed too', async () => {
  await openImpatientBench();
  bench.listener.answerWith((_received, response) => {
    response.writeHead(200);
    response.write('{"resultCode":');
  });
  await submitAndWait(1000);
  expect(bench.simulator.control.notifications()[0]?.attempts).toMatchObject([{ failure: expect.any(String) }]);
});

test('a listener that is down is tried again', async () => {
  await bench.listener.close();
  await submitAndWait(2 * MINUTE);
  expect(deliveredAfterMinutes()).toEqual([0, 1]);
});

test('verification is answered while the notification request is still open', async () => {
  let resultCode: unknown;
  bench.listener.answerWith(async (received, response) => {
    resultCode = resultCodeOf(await bench.merchant.verify(JSON.parse(received.body) as Record<string, unknown>));
    answerSuccess(received, response);
  });
  await submitAndWait(1000);
  expect(resultCode).toBe('0000');
  await bench.simulator.control.advance(48 * HOUR);
  expect(bench.listener.received).toHaveLength(1);
});

test('a message verified inside its own request is not sent again even if its answer is lost', async () => {
  bench.listener.answerWith(async (received, response) => {
    await bench.merchant.verify(JSON.parse(received.body) as Record<string, unknown>);
    response.destroy();
  });
  await submitAndWait(48 * HOUR);
  expect(bench.listener.received).toHaveLength(1);
  expect(bench.simulator.control.notifications()).toMatchObject([{ state: 'Verified' }]);
});

describe('only the message as it was sent is verified', () => {
  test.each([
    ['another event', { event: 'singlePayment' }],
    ['another status', { status: 'initialized' }],
    ['another job', { jobId: '2' }],
    ['a job id that is a number', { jobId: 1 }],
    ['another time', { updateTime: '20150910010101' }],
    ['a member missing', { notifyVersion: null }],
    ['another listener type', { listenerType: 'singlepay_notify_verification' }],
    ['no listener type', { listenerType: null }],
  ])('%s is denied', async (_what, changes) => {
    await submitAndWait(1000);
    const denied = await bench.merchant.verify(bench.lastNotification(), changes);
    expect(denied.status).toBe(200);
    expect(resultCodeOf(denied)).not.toBe('0000');
    expect(bench.simulator.control.job('1')?.verifiedAt).toBeNull();
  });

  test('members that are not of the message do no harm, as the official client sends one', async () => {
    await submitAndWait(1000);
    expect(resultCodeOf(await bench.merchant.verify(bench.lastNotification(), { verifySign: null }))).toBe('0000');
  });

  test('a message planned but not sent is denied', async () => {
    await bench.merchant.submitted(orders(1));
    await bench.simulator.control.advance(250);
    const [planned] = bench.simulator.control.notifications();
    expect(planned?.state).toBe('Planned');
    expect(resultCodeOf(await bench.merchant.verify({ ...planned?.members }))).toBe('8010');
  });
});

test('a message can be sent again by hand, in copies', async () => {
  await submitAndWait(1000);
  await bench.simulator.control.sendNotification(1, 3);
  expect(bench.listener.received).toHaveLength(4);
});

test('time runs at a settable factor', async () => {
  const other = await openBench({ timeFactor: 10_000 });
  try {
    const startedAt = other.simulator.control.now();
    const notified = new Promise<void>((resolve) => {
      other.listener.answerWith((received, response) => {
        answerSuccess(received, response);
        if (other.listener.received.length === 3) resolve();
      });
    });
    await other.merchant.submitted(orders(1));
    await notified;
    expect(other.simulator.control.now() - startedAt).toBeGreaterThan(50 * MINUTE);
    other.simulator.control.setTimeFactor(0);
    const pinnedAt = other.simulator.control.now();
    await other.merchant.requestToken();
    expect(other.simulator.control.now()).toBe(pinnedAt);
  } finally {
    await other.close();
  }
});
