import type { Command } from 'commander';
import { Option } from 'commander';
import type { Schema } from '../../client/src';
import { seoulTime, type Column } from '../output';
import type { Run } from '../session';
import { allOption, limitOption, reasonOption, rowsOf, type ListOptions } from './options';

type LineStop = Schema<'LineStopView'>;

const COLUMNS: readonly Column<LineStop>[] = [
  ['id', (stop) => stop.id],
  ['state', (stop) => stop.state],
  ['kind', (stop) => stop.kind],
  ['parks', (stop) => (stop.jobId === null ? `subscription ${stop.subscriptionId}` : `job ${stop.jobId}`)],
  ['what is wrong', (stop) => stop.violation],
  ['raised (Seoul)', (stop) => seoulTime(stop.raisedAt)],
];

interface LineStopListOptions extends ListOptions {
  state?: LineStop['state'];
  job?: string;
  subscription?: string;
}

export function addLineStopCommands(program: Command, run: Run): void {
  const stops = program.command('line-stops').description('what the service found wrong with money, and parked');
  stops
    .command('list')
    .description('line stops, newest first')
    .addOption(new Option('--state <state>', 'those that are Open park something').choices(['Open', 'Resolved']))
    .option('--job <id>', 'those that park this job')
    .option('--subscription <id>', 'those that park this subscription')
    .addOption(limitOption())
    .addOption(allOption())
    .action(
      run(async (session, { state, job, subscription, ...list }: LineStopListOptions) => {
        const filter = {
          ...(state && { state }),
          ...(job && { jobId: job }),
          ...(subscription && { subscriptionId: subscription }),
        };
        const rows = await rowsOf(list, (page) =>
          session.api.GET('/admin/v1/line-stops', { params: { query: { ...filter, ...page } } }),
        );
        session.showList(rows, COLUMNS);
      }),
    );
  stops
    .command('show <id>')
    .description('a line stop with its evidence')
    .action(
      run(async (session, id: string) => {
        session.show(await session.api.GET('/admin/v1/line-stops/{id}', { params: { path: { id } } }));
      }),
    );
  stops
    .command('resolve <id>')
    .description('let go on what it parks, because it was looked into and dealt with')
    .addOption(reasonOption())
    .action(
      run(async (session, id: string, { reason }: { reason: string }) => {
        session.show(
          await session.api.POST('/admin/v1/line-stops/{id}/resolve', {
            params: { path: { id } },
            headers: session.headers,
            body: { reason },
          }),
        );
      }),
    );
}
