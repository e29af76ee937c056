import type { Command } from 'commander';
import type { Schema } from '../../client/src';
import { seoulTime, tableOf, won, type Column } from '../output';
import { dataOf, type Run } from '../session';

type Summary = Schema<'SummaryView'>;
type Day = Schema<'DayView'>;
type Tally = Schema<'TallyView'>;

const KINDS = ['requested', 'paid', 'declined', 'missing', 'quarantined', 'failed', 'awaited'] as const;

const STUCK: readonly Column<Schema<'StuckView'>>[] = [
  ['stuck', (one) => one.what],
  ['how many', (one) => one.count],
  ['since (Seoul)', (one) => seoulTime(one.since)],
  ['where', (one) => one.link],
];

const DAYS: readonly Column<Day>[] = [
  ['day', (day) => day.day],
  ['jobs', (day) => day.jobs],
  ...KINDS.map((kind): Column<Day> => [kind, (day) => numbersOf(day[kind])]),
  ['adds up', (day) => (day.balanced ? 'yes' : 'NO')],
];

export function addSummaryCommands(program: Command, run: Run): void {
  program
    .command('summary')
    .description('today, this month, and what is stuck')
    .action(
      run(async (session) => {
        const summary = dataOf(await session.api.GET('/admin/v1/summary'));
        session.tell(summary, () => inWords(summary));
      }),
    );
  program
    .command('report <from> [to]')
    .description('what was asked and how it ended, a Seoul day each, by when sending began')
    .action(
      run(async (session, from: string, to: string | undefined) => {
        const query = { from, to: to ?? from };
        const { days } = dataOf(await session.api.GET('/admin/v1/reports/daily', { params: { query } }));
        session.showList(days, DAYS);
      }),
    );
}

function inWords({ today, month, stuck, killSwitchEngaged }: Summary): string {
  const rows = [...KINDS, 'refunded' as const].map((kind) => ({ kind, today: today[kind], month: month[kind] }));
  const numbers = tableOf(rows, [
    ['charges, won', ({ kind }) => kind],
    ['today', (row) => numbersOf(row.today)],
    [`since ${month.from}`, (row) => numbersOf(row.month)],
  ]);
  const stopped = killSwitchEngaged ? 'The kill switch is engaged: nothing is submitted.\n' : '';
  return stopped + numbers + (stuck.length === 0 ? 'nothing is stuck\n' : tableOf(stuck, STUCK));
}

function numbersOf({ count, amount }: Tally): string {
  return `${won(count)}, ${won(amount)} won`;
}
