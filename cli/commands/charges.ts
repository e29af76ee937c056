import { Option, type Command } from 'commander';
import type { Schema } from '../../client/src';
import { addAct, addList, addShow } from '../declare';
import { dayOptions, gatewayOptions, reasonOption } from '../options';
import type { Run } from '../session';
import type { Column } from '../table';
import { seoulTime, won } from '../words';
import { REFUND_COLUMNS } from './refunds';

type Charge = Schema<'ChargeView'>;

export const CHARGE_COLUMNS: readonly Column<Charge>[] = [
  ['order number', (charge) => charge.orderNo],
  ['state', (charge) => charge.state],
  ['amount', (charge) => won(charge.amount), { right: true }],
  ['product', (charge) => charge.productName, { wraps: true }],
  ['settled', (charge) => seoulTime(charge.settledAt), { spare: true }],
  ['account', (charge) => charge.gatewayAccount, { spare: true }],
  ['subscription', (charge) => charge.subscriptionId, { spare: true }],
  ['transaction', (charge) => charge.transactionId, { spare: true }],
];

export function addChargeCommands(program: Command, run: Run): void {
  const charges = program.command('charges').description('charges (결제), one order number each');
  addList(charges, run, {
    name: 'list',
    does: 'charges, newest first',
    operation: 'GET /admin/v1/charges',
    columns: CHARGE_COLUMNS,
    filters: {
      orderNo: new Option('--order <orderNo>', 'by our order number'),
      state: new Option('--state <state>', 'such as Paid or Declined'),
      jobId: new Option('--job <id>', 'of one job'),
      subscriptionId: new Option('--subscription <id>', 'of one subscription'),
      customerReference: new Option('--customer <reference>', 'of one customer, by subscription or order'),
      transactionId: new Option('--transaction <id>', 'by the gateway’s id of the payment'),
      unbilled: new Option('--unbilled', 'only those whose period nobody bills again but a person'),
      ...gatewayOptions(),
      ...dayOptions('made'),
    },
  });
  addShow(charges, run, {
    name: 'show <orderNo>',
    does: 'a charge with all that is known of it',
    operation: 'GET /admin/v1/charges/{orderNo}',
  });
  addShow(charges, run, {
    name: 'transaction <orderNo>',
    does: 'what its gateway says of a charge, beside our own record',
    operation: 'GET /admin/v1/charges/{orderNo}/transaction',
  });
  addList(charges, run, {
    name: 'refunds <orderNo>',
    does: 'what was given back of a charge, newest first',
    operation: 'GET /admin/v1/charges/{orderNo}/refunds',
    columns: REFUND_COLUMNS,
  });
  addAct(charges, run, {
    name: 'rebill <orderNo>',
    does: 'bill the period of an unpaid charge again, now',
    operation: 'POST /admin/v1/charges/{orderNo}/rebill',
    body: { reason: reasonOption() },
    asks: async (session, path) => {
      const { amount, periodStartOn } = (await session.call('GET /admin/v1/charges/{orderNo}', { path })) as Charge;
      return `Charge the period from ${periodStartOn} again, which ${path.orderNo} was not paid for: ${won(amount)}.`;
    },
  });
}
