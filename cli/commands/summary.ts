import type { Command } from 'commander';
import type { Schema } from '../../client/src';
import { covers } from '../operations';
import { dataOf, type Run, type Session } from '../session';
import type { Column } from '../table';
import { count, seoulTime, tally } from '../words';

type Summary = Schema<'SummaryView'>;

const KINDS = ['requested', 'paid', 'declined', 'missing', 'quarantined', 'failed', 'awaited', 'refunded'] as const;

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
  const rows = KINDS.map((kind) => ({ kind, today: today[kind], month: month[kind] }));
  const numbers = session.table(rows, [
    ['charges', ({ kind }) => kind],
    ['today', (row) => tally(row.today), { right: true }],
    [`since ${month.from}`, (row) => tally(row.month), { right: true }],
  ]);
  const stopped = killSwitchEngaged ? 'The kill switch is engaged: nothing is submitted and nothing refunded.\n' : '';
  const waiting: readonly Column<Schema<'StuckView'>>[] = [
    ['stuck', (one) => one.what, { wraps: true }],
    ['the oldest', (one) => one.detail, { wraps: true, spare: true }],
    ['how many', (one) => count(one.count), { right: true }],
    ['since', (one) => seoulTime(one.since)],
    ['to look at it', (one) => session.how('GET', one.link), { wraps: true }],
  ];
  return `${stopped}${numbers}\n${stuck.length === 0 ? 'nothing is stuck\n' : session.table(stuck, waiting)}`;
}
