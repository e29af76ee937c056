import type { Command } from 'commander';
import { Option } from 'commander';
import type { Schema } from '../../client/src';
import { seoulTime, type Column } from '../output';
import type { Run } from '../session';
import { allOption, limitOption, rowsOf, type ListOptions } from './options';

type Notification = Schema<'NotificationView'>;

const COLUMNS: readonly Column<Notification>[] = [
  ['id', (one) => one.id],
  ['state', (one) => one.state],
  ['says', (one) => one.status],
  ['T store job', (one) => one.gatewayJobId],
  ['repeats', (one) => one.repeatCount],
  ['from', (one) => one.sourceAddress],
  ['received (Seoul)', (one) => seoulTime(one.receivedAt)],
];

interface NotificationListOptions extends ListOptions {
  state?: Notification['state'];
  job?: string;
}

export function addNotificationCommands(program: Command, run: Run): void {
  const notifications = program.command('notifications').description('what T store’s notifications said (통지)');
  notifications
    .command('list')
    .description('notifications, newest first')
    .addOption(new Option('--state <state>').choices(['Received', 'Verified', 'Rejected']))
    .option('--job <id>', 'those that speak of this job')
    .addOption(limitOption())
    .addOption(allOption())
    .action(
      run(async (session, { state, job, ...list }: NotificationListOptions) => {
        const filter = { ...(state && { state }), ...(job && { jobId: job }) };
        const rows = await rowsOf(list, (page) =>
          session.api.GET('/admin/v1/notifications', { params: { query: { ...filter, ...page } } }),
        );
        session.showList(rows, COLUMNS);
      }),
    );
  notifications
    .command('show <id>')
    .description('a notification to the byte, with the history of its states')
    .action(
      run(async (session, id: string) => {
        session.show(await session.api.GET('/admin/v1/notifications/{id}', { params: { path: { id } } }));
      }),
    );
}
