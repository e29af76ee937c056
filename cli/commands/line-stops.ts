import { Option, type Command } from 'commander';
import type { Schema } from '../../client/src';
import { addAct, addList, addShow } from '../declare';
import { reasonOption } from '../options';
import type { Run } from '../session';
import type { Column } from '../table';
import { seoulTime } from '../words';

type LineStop = Schema<'LineStopView'>;

const COLUMNS: readonly Column<LineStop>[] = [
  ['id', (stop) => stop.id, { right: true }],
  ['state', (stop) => stop.state],
  ['kind', (stop) => stop.kind],
  ['parks', parkedBy],
  ['what is wrong', (stop) => stop.violation, { wraps: true }],
  ['raised', (stop) => seoulTime(stop.raisedAt), { spare: true }],
];

export function addLineStopCommands(program: Command, run: Run): void {
  const stops = program.command('line-stops').description('what the service found wrong with money, and parked');
  addList(stops, run, {
    name: 'list',
    does: 'line stops, newest first',
    operation: 'GET /admin/v1/line-stops',
    columns: COLUMNS,
    filters: {
      state: new Option('--state <state>', 'those that are Open park something').choices(['Open', 'Resolved']),
      kind: new Option('--kind <kind>', 'such as charged-twice'),
      jobId: new Option('--job <id>', 'those that park this job'),
      subscriptionId: new Option('--subscription <id>', 'those that park this subscription'),
    },
  });
  addShow(stops, run, {
    name: 'show <id>',
    does: 'a line stop with its evidence',
    operation: 'GET /admin/v1/line-stops/{id}',
  });
  addAct(stops, run, {
    name: 'resolve <id>',
    does: 'let go on what it parks, because it was looked into and dealt with',
    operation: 'POST /admin/v1/line-stops/{id}/resolve',
    body: {
      reason: reasonOption(),
      differentCustomers: new Option(
        '--different-customers',
        'those it took for one customer are several: ask no more',
      ),
    },
    asks: async (session, path) => {
      const stop = (await session.call('GET /admin/v1/line-stops/{id}', { path })) as LineStop;
      return `Let ${parkedBy(stop)} go on, which is parked for ${stop.kind}: ${stop.violation}`;
    },
  });
}

function parkedBy({ jobId, subscriptionId }: LineStop): string {
  return jobId === null ? `subscription ${subscriptionId}` : `job ${jobId}`;
}
