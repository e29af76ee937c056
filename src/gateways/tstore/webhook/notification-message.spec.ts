import { identityOf, readMessage, sha256, type NotificationMessage } from './notification-message';

const read = (text: string) => readMessage(Buffer.from(text));
const keyOf = (text: string, token: string | null = null) => {
  const body = Buffer.from(text);
  const message = readMessage(body) as NotificationMessage;
  return JSON.stringify(identityOf(token === null ? null : sha256(token), message, body));
};

const SAMPLE =
  '{"notifyVersion":"1.0","event":"bulkJob","status":"completed","jobId":"100","updateTime":"20150910010101"}';
const SAMPLE_MEMBERS = {
  notifyVersion: '1.0',
  event: 'bulkJob',
  status: 'completed',
  gatewayJobId: '100',
  updateTime: '20150910010101',
};
const NO_MEMBERS = { notifyVersion: null, event: null, status: null, gatewayJobId: null, updateTime: null };

describe('reading a notification', () => {
  it('reads the five members', () => {
    expect(read(SAMPLE)).toEqual({ members: SAMPLE_MEMBERS, otherMembers: null });
    expect(read(`\uFEFF ${SAMPLE}\n`)).toEqual({ members: SAMPLE_MEMBERS, otherMembers: null });
  });

  it('reads a form, as single payments were sent', () => {
    expect(read('event=singlePayment&jobId=5&tid=TS003_1&updateTime=20150910010101')).toEqual({
      members: { ...NO_MEMBERS, event: 'singlePayment', gatewayJobId: '5', updateTime: '20150910010101' },
      otherMembers: { tid: 'TS003_1' },
    });
  });

  it('keeps unknown members as they came, nested ones too', () => {
    expect(read('{"jobId":"1","extra":{"a":[1,{"b":null}]},"x":true}')?.otherMembers).toEqual({
      extra: { a: [1, { b: null }] },
      x: true,
    });
  });

  it('takes an object without any known member, but not such a form', () => {
    expect(read('{}')).toEqual({ members: NO_MEMBERS, otherMembers: null });
    expect(read('{"hello":1}')).toEqual({ members: NO_MEMBERS, otherMembers: { hello: 1 } });
    expect(read('hello=1')).toBeUndefined();
  });

  it.each([
    '',
    ' ',
    'null',
    '1',
    '"x"',
    '[]',
    '[{"jobId":"1"}]',
    '{"jobId":"1"',
    'hello',
    '\0',
    '{jobId:1}',
    '<jobId/>',
  ])('knows that %p is no notification', (text) => {
    expect(read(text)).toBeUndefined();
  });

  it.each([
    ['1.0', '{"jobId":1.0}'],
    ['1.0', '{"jobId":1.0,"other":{"jobId":2}}'],
    ['1e2', '{"jobId":1e2}'],
    ['12345678901234567890', '{"other":"\\"jobId\\":7","jobId":12345678901234567890}'],
  ])('keeps the number %s as it was written in %s', (written, body) => {
    expect(read(body)?.members.gatewayJobId).toBe(written);
  });

  it('keeps as text what came as a number, a boolean or an object', () => {
    expect(read('{"jobId":100,"notifyVersion":1.5,"status":true,"event":{"a":1}}')?.members).toEqual({
      ...NO_MEMBERS,
      gatewayJobId: '100',
      notifyVersion: '1.5',
      status: 'true',
      event: '{"a":1}',
    });
  });

  it('does not round the digits of a large id', () => {
    expect(read('{"jobId":12345678901234567890}')?.members.gatewayJobId).toBe('12345678901234567890');
    expect(read('{"jobId":1,"jobId" : 12345678901234567891 }')?.members.gatewayJobId).toBe('12345678901234567891');
  });

  it('believes the last of two equal members', () => {
    expect(read('{"jobId":"1","jobId":"2"}')?.members.gatewayJobId).toBe('2');
    expect(read('jobId=1&jobId=2')?.members.gatewayJobId).toBe('2');
  });

  it('replaces what PostgreSQL can’t hold', () => {
    const message = read('{"jobId":"a\\u0000b","status":"\\ud800","x\\u0000":["\\u0000\\udc00","동영상 😀"]}');
    expect(message?.members).toMatchObject({ gatewayJobId: 'a\uFFFDb', status: '\uFFFD' });
    expect(message?.otherMembers).toEqual({ 'x\uFFFD': ['\uFFFD\uFFFD', '동영상 😀'] });
  });

  it('bounds how deep unknown members go', () => {
    const deep = `{"jobId":"1","x":${'['.repeat(7_000)}${']'.repeat(7_000)}}`;
    expect(JSON.stringify(read(deep)?.otherMembers).length).toBeLessThan(100);
  });

  it('is not fooled by names every object has', () => {
    const message = read('{"jobId":"1","__proto__":{"event":"x"},"constructor":"y","toString":"z"}');
    expect(message?.members).toEqual({ ...NO_MEMBERS, gatewayJobId: '1' });
    expect(Object.keys(message?.otherMembers ?? {})).toEqual(['__proto__', 'constructor', 'toString']);
    expect(read('toString=1')).toBeUndefined();
  });
});

describe('what makes two messages the same', () => {
  it('is the five members and the address, however they are written', () => {
    const reordered =
      '{ "jobId":100, "status":"completed","event":"bulkJob","updateTime":"20150910010101","notifyVersion":"1.0","x":1}';
    expect(keyOf(reordered)).toBe(keyOf(SAMPLE));
    expect(keyOf(SAMPLE, 'token')).not.toBe(keyOf(SAMPLE));
    expect(keyOf(SAMPLE, 'token')).not.toBe(keyOf(SAMPLE, 'another'));
  });

  it('tells a missing member from the word null, and members from one another', () => {
    const keys = ['{"jobId":"1"}', '{"jobId":"1","event":"null"}', '{"event":"1"}', '{"jobId":"1","event":""}'].map(
      (text) => keyOf(text),
    );
    expect(new Set(keys).size).toBe(4);
    expect(keyOf('{"jobId":"1","event":null}')).toBe(keyOf('{"jobId":"1"}'));
  });

  it('is the raw body when there is none of the five', () => {
    expect(keyOf('{"a":1}')).toBe(keyOf('{"a":1}'));
    expect(keyOf('{"a":1}')).not.toBe(keyOf('{"a": 1}'));
  });
});
