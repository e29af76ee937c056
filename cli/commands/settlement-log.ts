import { Option, type Command } from 'commander';
import type { Schema } from '../../client/src';
import { addList } from '../declare';
import { covers } from '../operations';
import { dayOptions, gatewayOptions } from '../options';
import type { Run } from '../session';
import type { Column } from '../table';
import { seoulTime, won } from '../words';

type Entry = Schema<'SettlementLogEntryView'>;

const COLUMNS: readonly Column<Entry>[] = [
  ['position', (entry) => entry.position, { right: true }],
  ['settled', (entry) => seoulTime(entry.settledAt)],
  ['kind', (entry) => entry.kind],
  ['order number', (entry) => entry.orderNo],
  ['amount', (entry) => won(entry.amount), { right: true }],
  ['product', (entry) => entry.productName, { spare: true, wraps: true }],
  ['account', (entry) => entry.gatewayAccount, { spare: true }],
  ['delivery', (entry) => entry.delivery, { spare: true }],
  ['transaction', (entry) => entry.transactionId, { spare: true }],
];

const afterOption = () => new Option('--after <position>', 'entries behind this position');

export function addSettlementLogCommands(program: Command, run: Run): void {
  const log = program
    .command('settlement-log')
    .description('what became of every charge, in the order it was decided (결과 기록)');
  addList(log, run, {
    name: 'list',
    does: 'entries, oldest first',
    operation: 'GET /admin/v1/settlement-log',
    columns: COLUMNS,
    filters: { after: afterOption(), ...gatewayOptions(), ...dayOptions('settled') },
  });
  const deliveries = program.command('deliveries').description('paid one-time products, until they are delivered');
  addList(deliveries, run, {
    name: 'list',
    does: 'what is to be delivered, oldest first',
    operation: 'GET /admin/v1/deliveries',
    columns: COLUMNS,
    filters: { after: afterOption(), ...gatewayOptions(), ...dayOptions('settled') },
  });
  covers(
    deliveries.command('acknowledge <positions...>').description('note that these were delivered'),
    'POST /admin/v1/deliveries/acknowledge',
  ).action(
    run(async (session, positions: string[]) => {
      const acknowledged = await session.call('POST /admin/v1/deliveries/acknowledge', { body: { positions } });
      session.showThing(acknowledged as object);
    }),
  );
}
