import { Option, type Command } from 'commander';
import type { Schema } from '../../client/src';
import { addAct, addList, addShow } from '../declare';
import { reasonOption } from '../options';
import type { Run } from '../session';
import type { Column } from '../table';
import { seoulTime, won } from '../words';

type DirectPayment = Schema<'DirectPaymentView'>;

const COLUMNS: readonly Column<DirectPayment>[] = [
  ['id', (payment) => payment.id, { right: true }],
  ['state', (payment) => payment.state],
  ['order number', (payment) => payment.orderNo],
  ['amount', (payment) => won(payment.amount), { right: true }],
  ['made', (payment) => seoulTime(payment.createdAt)],
  ['account', (payment) => payment.gatewayAccount, { spare: true }],
];

export function addDirectPaymentCommands(program: Command, run: Run): void {
  const payments = program.command('direct-payments').description('payments that one call collects each');
  addList(payments, run, {
    name: 'list',
    does: 'payments, newest first',
    operation: 'GET /admin/v1/direct-payments',
    columns: COLUMNS,
    filters: {
      state: new Option('--state <state>', 'such as Unknown or Paid'),
      billingRunId: new Option('--run <id>', 'of this billing run'),
      orderNo: new Option('--order <orderNo>', 'of this order number'),
    },
  });
  addShow(payments, run, {
    name: 'show <id>',
    does: 'a payment with its history',
    operation: 'GET /admin/v1/direct-payments/{id}',
  });
  addAct(payments, run, {
    name: 'look <id>',
    does: 'have a payment in doubt, or that waits for a deposit, looked up at once',
    operation: 'POST /admin/v1/direct-payments/{id}/look',
    body: {},
  });
  addAct(payments, run, {
    name: 'resolve <id>',
    does: 'say what became of a payment in doubt; sends nothing',
    operation: 'POST /admin/v1/direct-payments/{id}/resolve',
    body: {
      outcome: new Option('--as <outcome>').choices(['paid', 'not-paid']).makeOptionMandatory(),
      transactionId: new Option('--transaction <id>', 'the gateway’s id of the payment'),
      reason: reasonOption(),
    },
    asks: async (session, path, { outcome }) => {
      const payment = (await session.call('GET /admin/v1/direct-payments/{id}', { path })) as DirectPayment;
      return `Say for ever that the ${won(payment.amount)} of ${payment.orderNo} are ${String(outcome)}.`;
    },
  });
}
