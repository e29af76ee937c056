import { Option, type Command } from 'commander';
import type { Schema } from '../../client/src';
import { addList, addShow } from '../declare';
import type { Run } from '../session';
import type { Column } from '../table';
import { seoulTime } from '../words';

type Notification = Schema<'NotificationView'>;

const COLUMNS: readonly Column<Notification>[] = [
  ['id', (one) => one.id, { right: true }],
  ['state', (one) => one.state],
  ['says', (one) => one.status],
  ['gateway', (one) => one.gateway, { spare: true }],
  ['job there', (one) => one.gatewayJobId],
  ['received', (one) => seoulTime(one.receivedAt)],
  ['repeats', (one) => one.repeatCount, { right: true, spare: true }],
  ['from', (one) => one.sourceAddress, { spare: true }],
];

export function addNotificationCommands(program: Command, run: Run): void {
  const notifications = program.command('notifications').description('what gateways have notified us of (통지)');
  addList(notifications, run, {
    name: 'list',
    does: 'notifications, newest first',
    operation: 'GET /admin/v1/notifications',
    columns: COLUMNS,
    filters: {
      state: new Option('--state <state>').choices(['Received', 'Verified', 'Rejected']),
      jobId: new Option('--job <id>', 'those that speak of this job'),
    },
  });
  addShow(notifications, run, {
    name: 'show <id>',
    does: 'a notification to the byte, with the history of its states',
    operation: 'GET /admin/v1/notifications/{id}',
  });
}
