import fc from 'fast-check';
import { readToken } from '../../src/gateways/tstore/api/access-token';
import type { GatewayAnswer } from '../../src/gateways/tstore';
import { readAnswer } from '../../src/gateways/tstore/api/read-answer';
import { readRefund } from '../../src/gateways/tstore/api/refund';
import { readReceipt } from '../../src/gateways/tstore/api/submission';
import { readTransaction } from '../../src/gateways/tstore/api/transaction';
import { readVerification } from '../../src/gateways/tstore/api/verification';
import type { Answered } from '../../src/platform/http-client';
import { ANY_CHARACTER } from '../support/any-character';
import { FUZZ_SEED, FUZZ_TIMEOUT_MS, UNSTORABLE, fuzzing, hostile, savedCases } from './fuzz';

const TID = 'TID';
const SECRET = 'SECRET-TOKEN';
const READING = { refusalCodes: new Set(['8001', '8003']), secrets: [SECRET] };
const ASKED_AT = new Date('2026-11-21T00:00:00Z');
/** A message of 500 and what we say before it. */
const LONGEST_TEXT = 570;
/** Fields whose text goes out again and is neither stored nor shown. */
const PASSED_ON = new Set(['accessToken', 'payerAuthKey']);

/** Every call whose answer is JSON, as the client reads it, and an answer it takes. */
const CALLS = {
  token: {
    read: (answer: Answered<Buffer>): GatewayAnswer<unknown> =>
      readAnswer(answer, (members, show) => readToken(members, ASKED_AT, show), READING),
    good: { accessToken: 'a'.repeat(32), expired: '43200', tokenType: 'Bearer', scope: 'GetTxInfo GetTxInfoV2' },
  },
  submit: {
    read: (answer: Answered<Buffer>): GatewayAnswer<unknown> => readAnswer(answer, readReceipt, READING),
    good: { resultCode: '0000', resultMsg: '정상', waitingJobs: 3, jobId: '145' },
  },
  transaction: {
    read: (answer: Answered<Buffer>): GatewayAnswer<unknown> =>
      readAnswer(answer, (members, show) => readTransaction(members, TID, show), READING),
    good: {
      resultCode: '0000',
      resultMsg: 'Success',
      payer: { authKey: 'key' },
      paymentTransactionInfo: {
        status: 'complite',
        reason: '1',
        message: '',
        lastestUpdate: '20150731175443',
        tid: TID,
        amount: 1000,
        description: '동영상',
        goods: [{ appId: 'OA1', productId: '0910024116' }],
        paymentMethods: [{ paymentMethod: '11', amount: 1000 }],
      },
    },
  },
  refund: {
    read: (answer: Answered<Buffer>): GatewayAnswer<unknown> =>
      readAnswer(answer, (members, show) => readRefund(members, TID, show), READING),
    good: {
      resultCode: '0000',
      resultMsg: 'Success',
      refundTransactionResponse: {
        refundTid: 'R1',
        tid: TID,
        amount: 1000,
        paymentMethods: [{ paymentMethod: '11', amount: 1000 }],
      },
    },
  },
  verify: {
    read: (answer: Answered<Buffer>): GatewayAnswer<unknown> => readAnswer(answer, readVerification, READING),
    good: { resultCode: '0000', resultMsg: 'Success' },
  },
} as const;
type Call = keyof typeof CALLS;
const NAMES = Object.keys(CALLS) as Call[];

const CASES = savedCases('answer');
const saved = (name: string): Buffer => CASES.find((one) => one.name === `${name}.txt`)?.bytes ?? Buffer.alloc(0);
const goodBytes = (call: Call): Buffer => Buffer.from(JSON.stringify(CALLS[call].good));

describe(`what is made of hostile answers (seed ${FUZZ_SEED})`, () => {
  it.each(CASES.map(({ name, bytes }) => [name, bytes] as const))('of %s', (_, bytes) => {
    for (const call of NAMES) for (const status of [200, 400, 500]) expectHarmless(call, status, bytes);
  });

  it.each(NAMES)(
    'to %s, any of them and a good one, however edited',
    (call) => {
      const status = fc.oneof(fc.constant(200), fc.integer({ min: 100, max: 999 }));
      fc.assert(
        fc.property(status, hostile([goodBytes(call), ...CASES.map(({ bytes }) => bytes)]), (code, bytes) =>
          expectHarmless(call, code, bytes),
        ),
        fuzzing(200),
      );
    },
    FUZZ_TIMEOUT_MS,
  );

  it.each(NAMES)(
    'to %s, a good one with any member changed to any value',
    (call) => {
      const value = fc.oneof(
        fc.jsonValue(),
        fc.double(),
        fc.bigInt(),
        fc.string({ unit: ANY_CHARACTER }),
        fc.constant(-0),
      );
      fc.assert(
        fc.property(fc.nat(), value, (place, changed) => {
          const bytes = Buffer.from(withMember(CALLS[call].good, place, changed));
          expectHarmless(call, 200, bytes);
        }),
        fuzzing(300),
      );
    },
    FUZZ_TIMEOUT_MS,
  );

  it.each(NAMES)('to %s: the good one itself is taken', (call) => {
    expect(CALLS[call].read(answered(200, goodBytes(call))).kind).toBe('success');
  });

  it.each<[string, Partial<Record<Call, 'success' | 'refused'>>]>([
    [
      'nul-characters',
      { token: 'success', submit: 'success', transaction: 'success', refund: 'success', verify: 'success' },
    ],
    ['negative-zero', { token: 'success', submit: 'success', verify: 'success' }],
    ['negative-amounts', { submit: 'success', verify: 'success' }],
    ['exponents-and-fractions', { token: 'success', submit: 'success', verify: 'success' }],
    ['enormous-numbers', { token: 'success', submit: 'success', verify: 'success' }],
    [
      'success-then-refusal',
      { token: 'refused', submit: 'refused', transaction: 'refused', refund: 'refused', verify: 'refused' },
    ],
    ['success-code-as-number', { token: 'success' }],
    ['prototype', {}],
    ['prototype-inside', { submit: 'success', verify: 'success' }],
    ['payment-of-another', { verify: 'success' }],
    ['id-with-newline', { verify: 'success' }],
    ['token-with-newline', {}],
    ['two-answers', {}],
    ['deep-object', {}],
  ])('of %s: %j, and nobody knows of the others', (name, expected) => {
    const kinds = NAMES.map((call) => [call, CALLS[call].read(answered(200, saved(name))).kind]);
    expect(Object.fromEntries(kinds)).toEqual(
      Object.fromEntries(NAMES.map((call) => [call, expected[call] ?? 'unknown'])),
    );
  });

  it('takes a megabyte of anything with little work', () => {
    const filler = ['[', '{"a":', '"\\u0000', ' ', '\\', '0', SECRET, '\ud83d\ude00', '\u0000'];
    for (const text of filler) {
      const bytes = Buffer.from(`{"resultCode":"9000","resultMsg":"${text.repeat(1_000_000 / text.length)}`);
      // Of the processor, which others' load doesn't change.
      const before = process.cpuUsage();
      for (const call of NAMES) expectHarmless(call, 400, bytes);
      expect(process.cpuUsage(before).user / 1_000).toBeLessThan(5_000);
    }
  });
});

function answered(status: number, body: Buffer): Answered<Buffer> {
  return { kind: 'answered', status, headers: {}, body, requestComplete: true };
}

function expectHarmless(call: Call, status: number, bytes: Buffer): void {
  const answer = CALLS[call].read(answered(status, bytes));
  expect(['success', 'refused', 'unknown']).toContain(answer.kind);
  if (answer.kind === 'success' && status !== 200) throw new Error(`HTTP ${status} was taken for success`);
  expect(faultsOf(answer)).toEqual([]);
  expect(({} as Record<string, unknown>).polluted).toBeUndefined();
}

/** What of an answer could not be stored, shown or reckoned with. */
function faultsOf(value: unknown, name = 'answer'): string[] {
  if (typeof value === 'string') {
    if (PASSED_ON.has(name)) return [];
    const isFit = value.length <= LONGEST_TEXT && !UNSTORABLE.test(value) && !value.includes(SECRET);
    return isFit ? [] : [`${name}: ${JSON.stringify(value.slice(0, 60))}`];
  }
  if (typeof value === 'number')
    return Number.isSafeInteger(value) && value >= 0 && !Object.is(value, -0) ? [] : [name];
  if (value instanceof Date) return value.getTime() > 0 && value.getTime() < LAST_STORABLE ? [] : [name];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([member, each]) => faultsOf(each, Array.isArray(value) ? name : member));
}

const LAST_STORABLE = Date.UTC(9999, 0);

/** The JSON of a value with one of its members, at any depth, changed to another. */
function withMember(good: object, place: number, changed: unknown): string {
  const written =
    typeof changed === 'bigint' ? String(changed) : Object.is(changed, -0) ? '-0' : JSON.stringify(changed);
  const members = [...JSON.stringify(good).matchAll(/(?<=:)("[^"]*"|\d+|\{|\[)/g)];
  const member = members[place % members.length];
  if (member === undefined || member[0] === '{' || member[0] === '[') return JSON.stringify(good);
  const text = JSON.stringify(good);
  return text.slice(0, member.index) + (written ?? 'null') + text.slice(member.index + member[0].length);
}
