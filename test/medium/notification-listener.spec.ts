import { createHash } from 'node:crypto';
import { ListenerWorld, pnsMessage, sendTo, type ListenerAnswer } from '../support/listener-world';
import type { RunningService } from '../../src/service';

const SUCCESS = { status: 200, body: { resultCode: '0000', resultMsg: 'SUCCESS' } };
const failure = (status: number) => ({ status, body: { resultCode: '9999', resultMsg: expect.any(String) } });
const sha256 = (text: string) => createHash('sha256').update(text).digest();
const BODY_LIMIT = 16 * 1024;

describe('the notification listener', () => {
  let world: ListenerWorld;
  let service: RunningService;

  beforeAll(async () => {
    world = await ListenerWorld.start();
    service = await world.listen();
  });

  afterAll(() => world.close());

  it('stores what was sent and answers success', async () => {
    const before = new Date();
    expect(await sendTo(service, '/callback-token', pnsMessage('100'))).toMatchObject(SUCCESS);
    const [row] = await world.stored('100');
    expect(row).toMatchObject({
      callbackTokenHash: sha256('callback-token'),
      notifyVersion: '1.0',
      event: 'bulkJob',
      status: 'completed',
      updateTime: '20150910010101',
      otherMembers: null,
      rawBody: Buffer.from(pnsMessage('100')),
      contentType: 'application/json',
      sourceAddress: '127.0.0.1',
      repeatCount: 0,
      state: 'Received',
      attempts: 0,
      givenUpAt: null,
    });
    expect((row?.receivedAt as Date).getTime()).toBeGreaterThanOrEqual(before.getTime());
    expect(row?.nextAttemptAt).toEqual(row?.receivedAt);
  });

  it('counts a message sent again on the same row and leaves all else as it was', async () => {
    await sendTo(service, '', pnsMessage('101'));
    const [first] = await world.stored('101');
    const again =
      '{"status":"completed","event":"bulkJob","jobId":101,"notifyVersion":"1.0","updateTime":"20150910010101"}';
    expect(await sendTo(service, '', again)).toMatchObject(SUCCESS);
    expect(await sendTo(service, '', pnsMessage('101'))).toMatchObject(SUCCESS);
    const found = await world.stored('101');
    expect(found).toEqual([{ ...first, repeatCount: 2, lastReceivedAt: found[0]?.lastReceivedAt }]);
    expect((found[0]?.lastReceivedAt as Date).getTime()).toBeGreaterThanOrEqual((first?.receivedAt as Date).getTime());
  });

  it('keeps the same words at another address apart', async () => {
    await sendTo(service, '', pnsMessage('102'));
    await sendTo(service, '/one', pnsMessage('102'));
    await sendTo(service, '/two', pnsMessage('102'));
    await sendTo(service, '/', pnsMessage('102'));
    const found = await world.stored('102');
    expect(found.map((row) => row.callbackTokenHash)).toEqual([null, sha256('one'), sha256('two')]);
    expect(found.map((row) => row.repeatCount)).toEqual([1, 0, 0]);
  });

  it.each([
    ['no content type', undefined],
    ['an odd one', 'json'],
    ['a wrong one', 'text/xml; charset=euc-kr'],
    ['one that no rule allows', '///'],
    ['that of a form', 'application/x-www-form-urlencoded'],
  ])('reads JSON under %s', async (_, contentType) => {
    const jobId = `103-${contentType}`;
    const body = new TextEncoder().encode(pnsMessage(jobId));
    const headers: Record<string, string> = contentType === undefined ? {} : { 'content-type': contentType };
    expect(await sendTo(service, '', body, { headers })).toMatchObject(SUCCESS);
    expect(await world.stored(jobId)).toMatchObject([{ event: 'bulkJob', contentType: contentType ?? null }]);
  });

  it('reads forms and events it does not know, and keeps members it does not know', async () => {
    expect(await sendTo(service, '', 'event=singlePayment&jobId=104&tid=TS003_1')).toMatchObject(SUCCESS);
    expect(await world.stored('104')).toMatchObject([
      { event: 'singlePayment', status: null, otherMembers: { tid: 'TS003_1' } },
    ]);
    expect(await sendTo(service, '', '{"jobId":"105","nested":{"a":[1,null]}}')).toMatchObject(SUCCESS);
    expect(await world.stored('105')).toMatchObject([{ otherMembers: { nested: { a: [1, null] } } }]);
  });

  it('tells messages without any known member apart by their bodies', async () => {
    for (const body of ['{"a":1}', '{"a":2}', '{"a":1}'])
      expect(await sendTo(service, '', body)).toMatchObject(SUCCESS);
    const found = await world.rows(
      `SELECT other_members, repeat_count FROM notification WHERE gateway_job_id IS NULL AND other_members ? 'a' ORDER BY id`,
    );
    expect(found).toEqual([
      { other_members: { a: 1 }, repeat_count: 1 },
      { other_members: { a: 2 }, repeat_count: 0 },
    ]);
  });

  it('stores what PostgreSQL finds hard to hold', async () => {
    const hostile = [
      '{"jobId":"106","status":"\\u0000","x\\u0000":"\\ud800"}',
      `{"jobId":"106","status":"${'한'.repeat(4_000)}"}`,
      `{"jobId":"106","status":"deep","x":${'['.repeat(7_000)}${']'.repeat(7_000)}}`,
      '{"jobId":"106","status":"numbers","x":1e400,"y":-0.1e-9999}',
      '{"jobId":"106","status":"names","__proto__":{"a":1}}',
    ];
    const answers = await Promise.all(hostile.map((body) => sendTo(service, '', body)));
    expect(answers.map(({ status }) => status)).toEqual(hostile.map(() => 200));
    expect((await world.stored('106')).map((row) => String(row.rawBody)).sort()).toEqual([...hostile].sort());
  });

  describe('refuses, and stores nothing of it,', () => {
    async function expectRefusal(status: number, send: () => Promise<ListenerAnswer>): Promise<void> {
      const countBefore = await world.count();
      expect(await send()).toMatchObject(failure(status));
      expect(await world.count()).toBe(countBefore);
    }

    it.each(['', '{"jobId":"1"', '[]', 'null', 'hello', 'a=1', '<a/>'])(
      'the malformed body %p with 400',
      async (body) => {
        await expectRefusal(400, () => sendTo(service, '', body));
      },
    );

    it('a malformed body, but logs its beginning with secrets masked', async () => {
      const secret = 'ab'.repeat(16);
      world.logLines.length = 0;
      await sendTo(service, `/${secret}x`, `<token>${secret}</token> accessToken=verysecret ${'x'.repeat(10_000)}`);
      const line = world.logLines.find((text) => text.includes('malformed notification refused'));
      expect(JSON.parse(line ?? '')).toMatchObject({ level: 'warn', bytes: 10_071, contentType: 'application/json' });
      expect(line?.length).toBeLessThan(1_000);
      expect(world.logLines.join('')).not.toContain(secret);
      expect(world.logLines.join('')).not.toContain('verysecret');
    });

    it('a body above 16 KB with 413, whether its length is told or not', async () => {
      const tooLarge = pnsMessage('x'.repeat(BODY_LIMIT));
      await expectRefusal(413, () => sendTo(service, '', tooLarge));
      await expectRefusal(413, () => sendTo(service, '', new Blob([tooLarge]).stream()));
    });

    it.each(['GET', 'PUT', 'DELETE', 'PATCH', 'OPTIONS'])('%s with 405', async (method) => {
      const response = await fetch(`${service.url}/noti_listener/token`, { method });
      expect(response.status).toBe(405);
      expect(response.headers.get('allow')).toBe('POST');
      expect(await response.json()).toMatchObject(failure(405).body);
    });
  });

  it('takes a body of exactly 16 KB', async () => {
    const padding = BODY_LIMIT - pnsMessage('107').length - ',"p":""'.length;
    const body = pnsMessage('107').replace('}', `,"p":"${'x'.repeat(padding)}"}`);
    expect(Buffer.byteLength(body)).toBe(BODY_LIMIT);
    expect(await sendTo(service, '', body)).toMatchObject(SUCCESS);
    expect(await world.stored('107')).toHaveLength(1);
  });

  it('writes no token into its log', async () => {
    world.logLines.length = 0;
    await sendTo(service, '/Zk3d9sjK-in-the-address', pnsMessage('109'));
    expect(world.logLines.map((line) => JSON.parse(line))).toMatchObject([
      { msg: 'request', method: 'POST', path: '/noti_listener/***', status: 200, requestId: expect.any(String) },
    ]);
  });
});
