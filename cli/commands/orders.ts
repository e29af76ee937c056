import { Option, type Command } from 'commander';
import type { Schema } from '../../client/src';
import { addAct, addList, addShow } from '../declare';
import { covers } from '../operations';
import { dayOptions, reasonOption, wonAmount } from '../options';
import type { Run } from '../session';
import type { Column } from '../table';
import { seoulTime, won } from '../words';

type Order = Schema<'OrderView'>;

const COLUMNS: readonly Column<Order>[] = [
  ['id', (order) => order.id, { right: true }],
  ['state', (order) => order.state],
  ['reference', (order) => order.reference],
  ['name', (order) => order.name, { wraps: true }],
  ['amount', (order) => won(order.amount), { right: true }],
  ['made', (order) => seoulTime(order.createdAt)],
  ['customer', (order) => order.customerReference, { spare: true }],
  ['account', (order) => order.gatewayAccount, { spare: true }],
];

interface NewOrder {
  account: string;
  amount: number;
  returnUrl: string;
  customer?: string;
  minutes?: string;
  name: string;
}

export function addOrderCommands(program: Command, run: Run): void {
  const orders = program.command('orders').description('what customers buy in person (주문)');
  addList(orders, run, {
    name: 'list',
    does: 'orders, newest first',
    operation: 'GET /admin/v1/orders',
    columns: COLUMNS,
    filters: {
      state: new Option('--state <state>', 'such as Ready or Paid'),
      customerReference: new Option('--customer <reference>', 'of one customer'),
      gatewayAccount: new Option('--account <id>', 'collected by this gateway account'),
      ...dayOptions('made'),
    },
  });
  addShow(orders, run, {
    name: 'show <id>',
    does: 'an order with its items, windows and history',
    operation: 'GET /admin/v1/orders/{id}',
  });
  const create = orders
    .command('create <reference>')
    .description('store an order of one item; programs that sell several use the API')
    .requiredOption('--account <id>', 'the gateway account that collects it')
    .requiredOption('--name <text>', 'what is bought')
    .addOption(new Option('--amount <won>', 'what it costs').argParser(wonAmount).makeOptionMandatory())
    .requiredOption('--return-url <address>', 'where the customer comes back to')
    .option('--customer <reference>', 'your own name for the customer')
    .option('--minutes <number>', 'in which it can be paid');
  covers(create, 'POST /admin/v1/orders').action(
    run(async (session, reference: string, { account, name, amount, returnUrl, customer, minutes }: NewOrder) => {
      const items = [{ name, unitAmount: amount, quantity: 1, taxFreeAmount: 0 }];
      const of = { reference, gatewayAccount: account, name, items, amount, returnUrl };
      const body = {
        ...of,
        customer: customer === undefined ? {} : { reference: customer },
        expiresInMinutes: Number(minutes ?? 30),
      };
      session.showDone(await session.call('POST /admin/v1/orders', { body }));
    }),
  );
  addAct(orders, run, {
    name: 'cancel <id>',
    does: 'end an order that is not paid',
    operation: 'POST /admin/v1/orders/{id}/cancel',
    body: { reason: reasonOption() },
  });
}
