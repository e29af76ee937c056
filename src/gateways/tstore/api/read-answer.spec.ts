import fc from 'fast-check';
import type { HttpOutcome, Unanswered } from '../../../platform/http-client';
import { readAnswer } from './read-answer';
import { readReceipt } from './submission';
import { readTransaction } from './transaction';

function answered(status: number, body: string | Buffer): HttpOutcome<Buffer> {
  return { kind: 'answered', status, headers: {}, body: Buffer.from(body as string), requestComplete: true };
}

/** Codes that are known to mean no. */
const KNOWN = ['1', '8102', 'tok+en'];

function reading(secrets: string[] = []) {
  return { refusalCodes: new Set(KNOWN), secrets };
}

function read(status: number, body: unknown, secrets: string[] = []) {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return readAnswer(answered(status, text), (members) => members.word, reading(secrets));
}

describe('readAnswer', () => {
  it('takes 200 with 0000 for success', () => {
    expect(read(200, { resultCode: '0000', word: 'yes', more: [1] })).toEqual({ kind: 'success', value: 'yes' });
  });

  it('takes 200 with a result code that is known to be one for a refusal', () => {
    expect(read(200, { resultCode: '8102', resultMsg: '유효하지 않은 결제 수단', word: 'yes' })).toEqual({
      kind: 'refused',
      httpStatus: 200,
      resultCode: '8102',
      resultMessage: '유효하지 않은 결제 수단',
      unauthorized: false,
    });
  });

  it('takes 200 with any other result code for unknown: it may be said of something that is done', () => {
    expect(read(200, { resultCode: '4711', resultMsg: 'hm', word: 'yes' })).toEqual({
      kind: 'unknown',
      reason: 'unknown-refusal',
      message: 'HTTP 200, result code 4711: hm',
      mayHaveArrived: true,
    });
  });

  it.each([400, 403, 404, 409, 499])('takes HTTP %d for a refusal only by its result code', (status) => {
    expect(read(status, { resultCode: '1', resultMsg: 'no' })).toMatchObject({ kind: 'refused', unauthorized: false });
    for (const body of ['<html>no</html>', { resultCode: '4711' }, {}]) {
      expect(read(status, body)).toMatchObject({ kind: 'unknown', reason: 'unknown-refusal', mayHaveArrived: true });
    }
  });

  it.each([
    [408, 'unknown-refusal'],
    [425, 'unknown-refusal'],
    [429, 'unknown-refusal'],
    [500, 'server-error'],
    [302, 'unexpected-status'],
  ])('takes HTTP %d for unknown, whatever its result code', (status, reason) => {
    expect(read(status, { resultCode: '1', resultMsg: 'no' })).toMatchObject({ kind: 'unknown', reason });
  });

  it('marks 401, for which a new token may help', () => {
    expect(read(401, '')).toEqual({ kind: 'refused', httpStatus: 401, resultMessage: '', unauthorized: true });
  });

  it('does not believe 4xx with 0000 to be anything', () => {
    expect(read(400, { resultCode: '0000', word: 'yes' })).toMatchObject({
      kind: 'unknown',
      reason: 'unknown-refusal',
    });
  });

  it.each([
    [201, 'unexpected-status'],
    [202, 'unexpected-status'],
    [204, 'unexpected-status'],
    [302, 'unexpected-status'],
    [307, 'unexpected-status'],
    [408, 'unknown-refusal'],
    [500, 'server-error'],
    [502, 'server-error'],
    [503, 'server-error'],
  ])('takes HTTP %d for unknown, even with 0000', (status, reason) => {
    expect(read(status, { resultCode: '0000', resultMsg: 'fine', word: 'yes' })).toEqual({
      kind: 'unknown',
      reason,
      message: `HTTP ${status}: fine`,
      mayHaveArrived: true,
    });
  });

  it.each([
    ['nothing', ''],
    ['words', 'OK'],
    ['half of it', '{"resultCode":"0000","wo'],
    ['an array', '[{"resultCode":"0000","word":"yes"}]'],
    ['null', 'null'],
    ['another type', '{"resultCode":"0000","word":null}'],
    ['a number for the code and nothing else', '{"resultCode":0}'],
    ['bytes that are no text', Buffer.from([0x7b, 0xff, 0x7d])],
  ])('takes 200 with %s for unknown', (_name, body) => {
    const answer = readAnswer(answered(200, body), (members) => members.word ?? undefined, reading());
    expect(answer).toMatchObject({ kind: 'unknown', reason: 'unreadable-answer', mayHaveArrived: true });
  });

  it.each([true, false])('passes on whether an unanswered request may have arrived: %p', (mayHaveArrived) => {
    const outcome: Unanswered = { kind: 'unanswered', reason: 'connection-lost', code: 'ECONNRESET', mayHaveArrived };
    expect(readAnswer(outcome, () => 1, reading())).toEqual({
      kind: 'unknown',
      reason: 'connection-lost',
      message: 'no answer: connection-lost (ECONNRESET)',
      mayHaveArrived,
    });
  });

  it('shows no secret, though the other side repeats it', () => {
    for (const status of [200, 400, 500]) {
      const answer = read(status, { resultCode: 'tok+en', resultMsg: 'bad token tok+en, tok+en' }, ['tok+en', '']);
      expect(JSON.stringify(answer)).not.toContain('tok+en');
      expect(JSON.stringify(answer)).toContain('[redacted]');
    }
  });

  it('makes one bounded line of whatever the other side says', () => {
    const answer = read(400, `a\r\n\tb\0${'x'.repeat(10_000)}`);
    expect(answer).toMatchObject({ message: `HTTP 400: a b ${'x'.repeat(496)}` });
    const coded = read(400, { resultCode: 'no '.repeat(100), resultMsg: 'no' });
    expect(coded).toMatchObject({ message: `HTTP 400, result code ${'no '.repeat(13)}n: no` });
  });

  it('never throws and never takes for success what is not, whatever the answer', () => {
    const json = fc.oneof(
      fc.json(),
      fc.string(),
      fc.constantFrom('{"resultCode":"0000"}', '{"__proto__":{"jobId":"1"}}'),
    );
    fc.assert(
      fc.property(fc.integer({ min: 100, max: 599 }), json, (status, body) => {
        const receipt = readAnswer(answered(status, body), readReceipt, reading());
        const transaction = readAnswer(answered(status, body), (members) => readTransaction(members, 'tid'), reading());
        expect([receipt.kind, transaction.kind]).not.toContain('success');
      }),
    );
  });
});
