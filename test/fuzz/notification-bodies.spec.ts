import fc from 'fast-check';
import { identityOf, readMessage } from '../../src/gateways/tstore/webhook/notification-message';
import { messageKey } from '../../src/inbox/arrival';
import type { RunningService } from '../../src/service';
import { ListenerWorld, pnsMessage, sendTo } from '../support/listener-world';
import { FUZZ_SEED, FUZZ_TIMEOUT_MS, UNSTORABLE, fuzzing, hostile, savedCases } from './fuzz';

const CASES = savedCases('notification');
const BODY_LIMIT = 16 * 1024;
const GOOD = [pnsMessage('100'), 'event=bulkJob&status=completed&jobId=100&updateTime=20150910010101'].map((text) =>
  Buffer.from(text),
);
const anyBody = hostile([...GOOD, ...CASES.map(({ bytes }) => bytes)]);

describe(`what is made of hostile notifications (seed ${FUZZ_SEED})`, () => {
  let world: ListenerWorld;
  let service: RunningService;

  beforeAll(async () => {
    world = await ListenerWorld.start();
    service = await world.listen({ LOG_LEVEL: 'warn' });
  });

  afterAll(() => world.close());

  /** Answered for good, never "send it again"; and what was answered well is stored as it came. */
  async function expectAnsweredForGood(body: Buffer): Promise<void> {
    const { status } = await sendTo(service, '', Uint8Array.from(body));
    const isTooLarge = body.length > BODY_LIMIT;
    expect(isTooLarge ? [413] : [200, 400]).toContain(status);
    const message = isTooLarge ? undefined : readMessage(body);
    expect(status === 200).toBe(message !== undefined);
    if (message === undefined) return;
    const [stored] = await world.rows<{ raw_body: Buffer }>(
      'SELECT raw_body FROM notification WHERE message_key = $1',
      [messageKey(identityOf(null, message, body))],
    );
    expect(stored).toBeDefined();
  }

  it.each(CASES.map(({ name, bytes }) => [name, bytes] as const))('of %s', async (_, bytes) => {
    await expectAnsweredForGood(bytes);
  });

  it(
    'of any of them and of good ones, however edited',
    async () => {
      await fc.assert(
        fc.asyncProperty(anyBody, (body) => expectAnsweredForGood(body)),
        fuzzing(200),
      );
    },
    FUZZ_TIMEOUT_MS,
  );

  it('all of them at once, each stored though its neighbours are what they are', async () => {
    const statuses = await Promise.all(
      CASES.map(async ({ bytes }) => (await sendTo(service, '', Uint8Array.from(bytes))).status),
    );
    expect(statuses).toEqual(CASES.map(({ bytes }) => (readMessage(bytes) === undefined ? 400 : 200)));
  });

  it(
    'reads none into what could not be stored, or into more than it was',
    () => {
      fc.assert(
        fc.property(anyBody, (body) => {
          const message = readMessage(body);
          const texts = Object.values(message?.members ?? {}).filter((member) => member !== null);
          const others = JSON.stringify(message?.otherMembers ?? null);
          expect([...texts, ...textsIn(message?.otherMembers)].filter((text) => UNSTORABLE.test(text))).toEqual([]);
          // JSON writes a control character as six.
          expect(others.length).toBeLessThanOrEqual(6 * body.length + 4);
          expect(({} as Record<string, unknown>).polluted).toBeUndefined();
        }),
        fuzzing(500),
      );
    },
    FUZZ_TIMEOUT_MS,
  );
});

/** Names and values at any depth. */
function textsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, member]) => [name, ...textsIn(member)]);
}
