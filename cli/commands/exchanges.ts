import { Option, type Command } from 'commander';
import type { Schema } from '../../client/src';
import { addList, addShow } from '../declare';
import type { Run } from '../session';
import type { Column } from '../table';
import { seoulTime } from '../words';

const COLUMNS: readonly Column<Schema<'GatewayExchangeView'>>[] = [
  ['id', (exchange) => exchange.id, { right: true }],
  ['when', (exchange) => seoulTime(exchange.startedAt)],
  ['what', (exchange) => exchange.operation],
  ['order number', (exchange) => exchange.orderNo ?? ''],
  ['HTTP', (exchange) => String(exchange.httpStatus ?? ''), { right: true }],
  ['outcome', (exchange) => exchange.outcome ?? 'no answer'],
  ['code', (exchange) => exchange.resultCode ?? ''],
  ['account', (exchange) => exchange.gatewayAccount, { spare: true }],
];

export function addExchangeCommands(program: Command, run: Run): void {
  const exchanges = program.command('exchanges').description('calls to gateways that moved money, as evidence');
  addList(exchanges, run, {
    name: 'list',
    does: 'calls, newest first',
    operation: 'GET /admin/v1/gateway-exchanges',
    columns: COLUMNS,
    filters: {
      orderNo: new Option('--order <orderNo>', 'of this order number'),
      transactionId: new Option('--transaction <id>', 'of this payment, by the gateway’s id'),
      operation: new Option('--operation <operation>', 'such as confirm or refund'),
      gatewayAccount: new Option('--account <id>', 'of this gateway account'),
    },
  });
  addShow(exchanges, run, {
    name: 'show <id>',
    does: 'what went over the wire, secrets masked; each look is audited',
    operation: 'GET /admin/v1/gateway-exchanges/{id}/wire',
  });
}
