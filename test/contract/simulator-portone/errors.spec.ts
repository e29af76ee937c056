import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ERRORS } from '../../../simulator/portone/error-types';
import { openPortOneBench, read, type PortOneBench } from './support/portone-bench';

let bench: PortOneBench;

beforeEach(async () => {
  bench = await openPortOneBench();
});
afterEach(() => bench.close());

const PAGE = readFileSync(join(__dirname, '../../../docs/protocol/portone.md'), 'utf8');

/** Type and status of each row of the table of types. */
function rowsOfThePage(): [string, number][] {
  const text = PAGE.split('\n## 7. ')[1]?.split('\n## ')[0] ?? '';
  return [...text.matchAll(/^\| `([A-Z_]+)` +\| (\d{3})/gm)].map(([, type = '', status]) => [type, Number(status)]);
}

test('every type of the page is known here with its status, and no other', () => {
  const known = Object.entries(ERRORS).map(([type, { status }]) => [type, status]);
  expect(rowsOfThePage().sort()).toEqual(known.sort());
});

test('every type comes on demand, with its status and a message; pgCode is PG_PROVIDER’s, or asked for', async () => {
  for (const [type, { status }] of Object.entries(ERRORS)) {
    bench.simulator.portone.armFault({ kind: 'call-refused', options: { type } });
    const answer = await bench.shop.lookup('order-9999');
    expect([answer.status, read(answer)]).toEqual([status, { type, message: expect.any(String) }]);
  }
});

test('declines are by payment, customer, amount, or by a rate that falls on the same payments in every run', () => {
  const { portone } = bench.simulator;
  const outcomeOf = (members: object): unknown => {
    const wanted = bench.order(members);
    portone.openPayment(wanted);
    return portone.pay(wanted.paymentId).members.pgCode ?? 'paid';
  };
  portone.declineApprovals({ code: 'ONE', paymentId: 'order-one', times: 1 });
  expect([outcomeOf({ paymentId: 'order-one' }), outcomeOf({ paymentId: 'order-one' })]).toEqual(['ONE', 'paid']);
  portone.declineApprovals({ code: 'AMOUNT', amount: 100 });
  expect([outcomeOf({ totalAmount: 100 }), outcomeOf({})]).toEqual(['AMOUNT', 'paid']);
  portone.declineApprovals({ code: 'CUSTOMER', customerId: 'c_1' });
  expect([outcomeOf({ customer: { customerId: 'c_1' } }), outcomeOf({})]).toEqual(['CUSTOMER', 'paid']);
  portone.forgetDeclines();
  portone.setDeclineRate(0.5);
  const outcomes = Array.from({ length: 20 }, (_, at) => outcomeOf({ paymentId: `rate-${at}` }));
  expect(new Set(outcomes).size).toBeGreaterThan(1);
  expect(() => portone.declineApprovals({ code: '' })).toThrow('code');
});

test('a card that is over its limit is declined, and one may fail in the window already', () => {
  const { portone } = bench.simulator;
  const outcomeOf = (card: string): unknown => {
    const wanted = bench.order();
    portone.openPayment(wanted);
    return portone.pay(wanted.paymentId, { card }).members;
  };
  expect(outcomeOf('4330123400003115')).toMatchObject({ code: 'FAILURE_TYPE_PG', pgCode: 'REJECT_CARD_PAYMENT' });
  expect(outcomeOf('4330-1234-0000-7116')).toMatchObject({ code: 'FAILURE_TYPE_PG', pgCode: 'REJECT_CARD_COMPANY' });
  expect(() => outcomeOf('1')).toThrow('card');
});
