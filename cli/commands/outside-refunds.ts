import { Option, type Command } from 'commander';
import type { Schema } from '../../client/src';
import { addAct, addList, addShow } from '../declare';
import { reasonOption, wonAmount } from '../options';
import type { Run } from '../session';
import type { Column } from '../table';
import { seoulTime, won } from '../words';

type OutsideRefund = Schema<'OutsideRefundView'>;

const COLUMNS: readonly Column<OutsideRefund>[] = [
  ['id', (outside) => outside.id, { right: true }],
  ['state', (outside) => outside.state],
  ['order number', (outside) => outside.orderNo],
  ['found', (outside) => seoulTime(outside.foundAt)],
  ['the gateway shows', (outside) => outside.shown, { wraps: true }],
];

export function addOutsideRefundCommands(program: Command, run: Run): void {
  const outside = program.command('outside-refunds').description('refunds that the gateway made without us');
  addList(outside, run, {
    name: 'list',
    does: 'what lookups show of them, newest first',
    operation: 'GET /admin/v1/outside-refunds',
    columns: COLUMNS,
    filters: { state: new Option('--state <state>', 'such as Suspected or Recorded') },
  });
  addShow(outside, run, {
    name: 'show <id>',
    does: 'one, with the history of its states',
    operation: 'GET /admin/v1/outside-refunds/{id}',
  });
  addAct(outside, run, {
    name: 'record',
    does: 'record one after a look at the payment (charges transaction); sends nothing',
    operation: 'POST /admin/v1/outside-refunds',
    body: {
      orderNo: new Option('--order <orderNo>', 'whose payment was given back').makeOptionMandatory(),
      amount: new Option('--amount <won>', 'what the gateway gave back').argParser(wonAmount).makeOptionMandatory(),
      refundTransactionId: new Option('--refund-transaction <id>', 'the gateway’s id of the refund'),
      reason: reasonOption(),
    },
    asks: (_session, _path, { orderNo, amount }) =>
      Promise.resolve(
        `Say for ever that the gateway gave back ${won(Number(amount))} of ${String(orderNo)} without us.`,
      ),
  });
  addAct(outside, run, {
    name: 'dismiss <id>',
    does: 'say that nothing was given back',
    operation: 'POST /admin/v1/outside-refunds/{id}/dismiss',
    body: { reason: reasonOption() },
  });
}
