import { DECLINE_OTHER_MERCHANT, DECLINE_UNREADABLE, OUTCOME, declineOutcome } from '../result-codes';
import { RequestFileReader } from './request-file';
import type { RequestRows } from './request-rows';

const HEADER = 'mid,billingToken,productId,nmProduct,noBranchOrder,amtReqPurchase,amtCarrier,amtCreditCard,amtRms';
const UNREADABLE = declineOutcome(DECLINE_UNREADABLE);

function readBytes(bytes: Buffer): { rows: RequestRows; problem: string | null } {
  const reader = new RequestFileReader('skpcorp');
  reader.push(bytes);
  return { rows: reader.finish('unused'), problem: reader.problem };
}

function fatesOf(...rows: string[]): number[] {
  return [...readBytes(Buffer.from([HEADER, ...rows].join('\n'))).rows.fates];
}

test('T store’s sample row is readable', () => {
  const row = `skpcorp,${'0F'.repeat(32)},0910024116,IAP_consumable_1000,tx_my00001111,1000,1000,0,0`;
  expect(fatesOf(row)).toEqual([OUTCOME.waiting]);
});

test.each([
  ['eight columns', 'skpcorp,T,P,N,O,1,1,0'],
  ['ten columns', 'skpcorp,T,P,N,O,1,1,0,0,0'],
  ['no order number', 'skpcorp,T,P,N,,1,1,0,0'],
  ['parts that do not add up', 'skpcorp,T,P,N,O,3,1,1,0'],
  ['a fraction', 'skpcorp,T,P,N,O,1.5,1.5,0,0'],
  ['a negative amount', 'skpcorp,T,P,N,O,-1,-1,0,0'],
  ['an empty amount', 'skpcorp,T,P,N,O,,0,0,0'],
  ['a space in an amount', 'skpcorp,T,P,N,O, 1,1,0,0'],
  ['an amount beyond any purse', 'skpcorp,T,P,N,O,9999999999999999,9999999999999999,0,0'],
])('a row with %s is unreadable and leaves its neighbours alone', (_what, row) => {
  const good = 'skpcorp,T,P,N,O,1,1,0,0';
  expect(fatesOf(good, row, good)).toEqual([OUTCOME.waiting, UNREADABLE, OUTCOME.waiting]);
});

test('bytes that are no UTF-8 make their row unreadable', () => {
  const row = Buffer.from('skpcorp,T,P,N?,O,1,1,0,0');
  row[row.indexOf('?')] = 0xc3;
  const { rows } = readBytes(Buffer.concat([Buffer.from(`${HEADER}\n`), row]));
  expect([...rows.fates]).toEqual([UNREADABLE]);
});

test("another merchant's row is known as such", () => {
  expect(fatesOf('other,T,P,N,O,1,1,0,0', 'skpcorp2,T,P,N,O,1,1,0,0', 'skp,T,P,N,O,1,1,0,0')).toEqual(
    Array(3).fill(declineOutcome(DECLINE_OTHER_MERCHANT)),
  );
});

test('only readable rows add to the amount', () => {
  const { rows } = readBytes(Buffer.from([HEADER, 'skpcorp,T,P,N,O,70,70,0,0', 'skpcorp,T,P,N,O,7,1,1,1'].join('\n')));
  expect(rows).toMatchObject({ count: 2, amount: 70 });
});

test('an endless line is a problem of the whole file', () => {
  expect(readBytes(Buffer.from(`${HEADER}\n${'x'.repeat(70_000)}`)).problem).toBe('A line is too long');
});
