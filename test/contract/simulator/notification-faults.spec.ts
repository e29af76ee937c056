import { openBench, type Bench } from './support/bench';
import { orders, resultCodeOf } from './support/merchant';
import type { StrictAnswer } from './support/strict-reader';

let bench: Bench;

beforeEach(async () => {
  bench = await openBench();
});
afterEach(() => bench.close());

function messages(): StrictAnswer[] {
  return bench.listener.received.map(({ body }) => JSON.parse(body) as StrictAnswer);
}

function told(): string[] {
  return messages().map(({ jobId, status }) => `${String(jobId)} ${String(status)}`);
}

test('notification-burst sends the same message several times at once', async () => {
  bench.simulator.control.armFault({ kind: 'notification-burst', options: { copies: 7 } });
  await bench.completed(orders(1));
  expect(bench.listener.received).toHaveLength(7);
  expect(new Set(bench.listener.received.map(({ body }) => body)).size).toBe(1);
  expect(bench.simulator.control.notifications()).toMatchObject([{ attempts: Array(7).fill({ resultCode: '0000' }) }]);
});

test('notification-out-of-order holds one message back until a later job was told', async () => {
  bench.simulator.control.armFault({ kind: 'notification-out-of-order' });
  await bench.merchant.submitted(orders(1, 'a'));
  await bench.simulator.control.advance(1000);
  expect(told()).toEqual([]);
  expect(bench.simulator.control.notifications()).toMatchObject([{ state: 'Held' }]);
  await bench.merchant.submitted(orders(1, 'b'));
  await bench.simulator.control.advance(1000);
  expect(told()).toEqual(['2 completed', '1 completed']);
});

test('a message held back goes out by itself when no other job follows', async () => {
  bench.simulator.control.armFault({ kind: 'notification-out-of-order' });
  await bench.merchant.submitted(orders(1));
  await bench.simulator.control.advance(31 * 60_000);
  expect(told()).toEqual(['1 completed']);
});

test('notification-initialized-first tells of the beginning before the end; only the end opens the result', async () => {
  bench.simulator.control.armFault({ kind: 'notification-initialized-first' });
  await bench.completed(orders(1));
  expect(told()).toEqual(['1 initialized', '1 completed']);
  const [initialized, completed] = messages();
  expect(resultCodeOf(await bench.merchant.verify(initialized as StrictAnswer))).toBe('0000');
  expect(resultCodeOf(await bench.merchant.result('1'))).toBe('8006');
  expect(resultCodeOf(await bench.merchant.verify(completed as StrictAnswer))).toBe('0000');
  expect(bench.simulator.control.job('1')?.resultOpen).toBe(true);
});

test('notification-initialized-late tells of the beginning after the end', async () => {
  bench.simulator.control.armFault({ kind: 'notification-initialized-late' });
  await bench.completed(orders(1));
  expect(told()).toEqual(['1 completed', '1 initialized']);
});

test('notification-form-encoded sends a form, verified by the same members', async () => {
  bench.simulator.control.armFault({ kind: 'notification-form-encoded' });
  await bench.completed(orders(1));
  const [received] = bench.listener.received;
  expect(received?.headers['content-type']).toBe('application/x-www-form-urlencoded');
  const form = Object.fromEntries(new URLSearchParams(received?.body));
  expect(Object.keys(form)).toEqual(['notifyVersion', 'event', 'status', 'jobId', 'updateTime']);
  expect(resultCodeOf(await bench.merchant.verify(form))).toBe('0000');
});

test('notification-unknown-members sends more than is documented', async () => {
  bench.simulator.control.armFault({ kind: 'notification-unknown-members' });
  await bench.completed(orders(1));
  expect(Object.keys(messages()[0] ?? {}).length).toBeGreaterThan(5);
  expect(resultCodeOf(await bench.merchant.verify(bench.lastNotification()))).toBe('0000');
});

test('notification-missing-member leaves one out, which is verified as null', async () => {
  bench.simulator.control.armFault({ kind: 'notification-missing-member', options: { member: 'notifyVersion' } });
  await bench.completed(orders(1));
  expect(Object.keys(bench.lastNotification())).toEqual(['event', 'status', 'jobId', 'updateTime']);
  expect(resultCodeOf(await bench.merchant.verify(bench.lastNotification(), { notifyVersion: '1.0' }))).toBe('8010');
  expect(resultCodeOf(await bench.merchant.verify(bench.lastNotification()))).toBe('0000');
});

test.each([
  ['', undefined],
  ['text/html;charset=EUC-KR', 'text/html;charset=EUC-KR'],
])('notification-content-type sends %j', async (contentType, expected) => {
  bench.simulator.control.armFault({ kind: 'notification-content-type', options: { contentType } });
  await bench.completed(orders(1));
  expect(bench.listener.received[0]?.headers['content-type']).toBe(expected);
  expect(bench.lastNotification()).toMatchObject({ jobId: '1' });
});

test('notification-forged sends a lie first that verification denies, and the truth after it', async () => {
  bench.simulator.control.armFault({ kind: 'notification-forged' });
  await bench.completed(orders(1));
  const [forged, genuine] = messages();
  expect(told()).toEqual(['1 completed', '1 completed']);
  expect(resultCodeOf(await bench.merchant.verify(forged as StrictAnswer))).toBe('8010');
  expect(bench.simulator.control.job('1')?.resultOpen).toBe(false);
  expect(resultCodeOf(await bench.merchant.verify(genuine as StrictAnswer))).toBe('0000');
  expect(bench.simulator.control.notifications().map(({ genuine: isOurs, state }) => [isOurs, state])).toEqual([
    [true, 'Verified'],
    [false, 'Sent'],
  ]);
  await bench.simulator.control.advance(48 * 3_600_000);
  expect(bench.listener.received).toHaveLength(2);
});

test("notification-forged may lie about another job's id and state", async () => {
  bench.simulator.control.armFault({ kind: 'notification-forged', options: { jobId: '77', status: 'failed' } });
  await bench.completed(orders(1));
  expect(told()).toEqual(['77 failed', '1 completed']);
});

test('notification-lost: the first delivery never leaves, a later one comes', async () => {
  bench.simulator.control.armFault({ kind: 'notification-lost' });
  await bench.merchant.submitted(orders(1));
  await bench.simulator.control.advance(1000);
  expect(told()).toEqual([]);
  const [lost] = bench.simulator.control.notifications();
  expect(lost?.attempts).toMatchObject([{ sent: false, failure: 'lost on the way' }]);
  expect(resultCodeOf(await bench.merchant.verify(lost?.members as StrictAnswer))).toBe('8010');
  await bench.simulator.control.advance(60_000);
  expect(told()).toEqual(['1 completed']);
  expect(resultCodeOf(await bench.merchant.verify(bench.lastNotification()))).toBe('0000');
});

test('a stranger can be played at will, and is denied', async () => {
  await bench.completed(orders(1));
  const message = { ...bench.lastNotification(), updateTime: '20000101000000' } as never;
  await bench.simulator.control.forgeNotification(bench.listener.url, message);
  expect(bench.lastNotification()).toMatchObject({ jobId: '1', updateTime: '20000101000000' });
  expect(resultCodeOf(await bench.merchant.verify(bench.lastNotification()))).toBe('8010');
});
