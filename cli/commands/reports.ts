import type { Command } from 'commander';
import { Option } from 'commander';
import type { Schema } from '../../client/src';
import { saveTo, type SaveOptions } from '../files';
import { covers } from '../operations';
import { outputOption } from '../options';
import { dataOf, type Run } from '../session';
import type { Column } from '../table';
import { count, tally } from '../words';

type Day = Schema<'DayView'>;

const KINDS = ['requested', 'paid', 'declined', 'missing', 'quarantined', 'failed', 'awaited'] as const;

const DAYS: readonly Column<Day>[] = [
  ['day', (day) => day.day],
  ['jobs', (day) => count(day.jobs), { right: true }],
  ...KINDS.map((kind): Column<Day> => [kind, (day) => tally(day[kind]), { right: true }]),
  ['adds up', (day) => (day.balanced ? 'yes' : 'NO')],
];

const UNBALANCED: readonly Column<Schema<'UnbalancedJobView'>>[] = [
  ['job', (one) => one.jobId, { right: true }],
  ['paid, it says', (one) => tally(one.stated.paid), { right: true }],
  ['by the log', (one) => tally(one.logged.paid), { right: true }],
  ['declined, it says', (one) => tally(one.stated.declined), { right: true }],
  ['by the log ', (one) => tally(one.logged.declined), { right: true }],
];

const stretch = () => ({ from: new Option('--from <day>'), to: new Option('--to <day>') });

export function addReportCommands(program: Command, run: Run): void {
  const reports = program.command('reports').description('numbers that add up to the won');
  const daily = reports
    .command('daily <from> [to]')
    .description('what was asked and how it ended, a Seoul day each, by when sending began')
    .addOption(outputOption());
  covers(daily, 'GET /admin/v1/reports/daily', stretch()).action(
    run(async (session, from: string, to: string | undefined, { output }: SaveOptions) => {
      const query = { from, to: to ?? from };
      if (output !== undefined) return saveTo(session, output, 'GET /admin/v1/reports/daily', { query });
      const { days } = dataOf(await session.api.GET('/admin/v1/reports/daily', { params: { query } }));
      session.showList(days, DAYS);
    }),
  );
  const unbalanced = reports
    .command('unbalanced-jobs <from> [to]')
    .description('jobs that say something else than the settlement log: none, ever')
    .addOption(outputOption());
  covers(unbalanced, 'GET /admin/v1/reports/unbalanced-jobs', stretch()).action(
    run(async (session, from: string, to: string | undefined, { output }: SaveOptions) => {
      const query = { from, to: to ?? from };
      if (output !== undefined) return saveTo(session, output, 'GET /admin/v1/reports/unbalanced-jobs', { query });
      const { items } = dataOf(await session.api.GET('/admin/v1/reports/unbalanced-jobs', { params: { query } }));
      session.showList(items, UNBALANCED);
    }),
  );
}
