import type { Command } from 'commander';
import type { Schema } from '../../client/src';
import { collectedOf, DAY_KINDS, HOW_DAYS_ADD_UP } from '../day-kinds';
import { covers } from '../operations';
import { dataOf, type Run, type Session } from '../session';
import type { Column } from '../table';
import { count, seoulTime, tally } from '../words';

type Summary = Schema<'SummaryView'>;

export function addSummaryCommands(program: Command, run: Run): void {
  const summary = program.command('summary').description('today, this month, and what is stuck');
  covers(summary, 'GET /admin/v1/summary').action(
    run(async (session) => {
      const found = dataOf(await session.api.GET('/admin/v1/summary'));
      session.tell(found, () => inWords(session, found));
    }),
  );
}

function inWords(session: Session, { today, month, stuck, killSwitchEngaged }: Summary): string {
  const rows = [
    ...DAY_KINDS.map(([kind, words]) => ({ words, today: today[kind], month: month[kind] })),
    { words: 'collected in all', today: collectedOf(today), month: collectedOf(month) },
  ];
  const numbers = session.table(rows, [
    ['charges', ({ words }) => words],
    ['today', (row) => tally(row.today), { right: true }],
    [`since ${month.from}`, (row) => tally(row.month), { right: true }],
  ]);
  const stopped = killSwitchEngaged
    ? 'The kill switch is engaged: nothing is submitted, no payment is asked for and nothing refunded.\n'
    : '';
  const waiting: readonly Column<Schema<'StuckView'>>[] = [
    ['stuck', (one) => one.what, { wraps: true }],
    ['the oldest', (one) => one.detail, { wraps: true, spare: true }],
    ['how many', (one) => count(one.count), { right: true }],
    ['since', (one) => seoulTime(one.since)],
    ['to look at it', (one) => session.how('GET', one.link), { wraps: true }],
  ];
  return `${stopped}${numbers}${session.wrapped(HOW_DAYS_ADD_UP)}\n\n${stuck.length === 0 ? 'nothing is stuck\n' : session.table(stuck, waiting)}`;
}
