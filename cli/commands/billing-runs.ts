import type { Command } from 'commander';
import { Option } from 'commander';
import type { Schema } from '../../client/src';
import { seoulTime, won, type Column } from '../output';
import type { Run } from '../session';
import { allOption, limitOption, reasonOption, rowsOf, wholeNumber, type ListOptions } from './options';

type BillingRun = Schema<'BillingRunView'>;

const COLUMNS: readonly Column<BillingRun>[] = [
  ['id', (billingRun) => billingRun.id],
  ['billing date', (billingRun) => billingRun.billingDate],
  ['state', (billingRun) => billingRun.state],
  ['charges', (billingRun) => won(billingRun.planned.count)],
  ['won', (billingRun) => won(billingRun.planned.amount)],
  ['jobs', (billingRun) => billingRun.jobCount],
  ['planned (Seoul)', (billingRun) => seoulTime(billingRun.plannedAt)],
];

export function addBillingRunCommands(program: Command, run: Run): void {
  const runs = program.command('runs').description('billing runs (정기결제 실행), one a date');
  runs
    .command('list')
    .description('billing runs, newest first')
    .addOption(new Option('--state <state>').choices(['Planned', 'AwaitingConfirmation', 'Confirmed', 'Rejected']))
    .addOption(limitOption())
    .addOption(allOption())
    .action(
      run(async (session, { state, ...list }: ListOptions & { state?: BillingRun['state'] }) => {
        const rows = await rowsOf(list, (page) =>
          session.api.GET('/admin/v1/billing-runs', { params: { query: { ...(state && { state }), ...page } } }),
        );
        session.showList(rows, COLUMNS);
      }),
    );
  runs
    .command('show <id>')
    .description('a billing run with its history')
    .action(
      run(async (session, id: string) => {
        session.show(await session.api.GET('/admin/v1/billing-runs/{id}', { params: { path: { id } } }));
      }),
    );
  runs
    .command('dry-run <date>')
    .description('what the run of a date would bill; writes nothing')
    .addOption(new Option('--lines <rows>', 'how many first lines to show').argParser(wholeNumber).default(20))
    .action(
      run(async (session, date: string, { lines }: { lines: number }) => {
        session.show(
          await session.api.POST('/admin/v1/billing-runs/dry-run', {
            headers: session.headers,
            body: { date, lines },
          }),
        );
      }),
    );
  runs
    .command('open <date>')
    .description('open the run of a date, once')
    .action(
      run(async (session, date: string) => {
        session.show(
          await session.api.POST('/admin/v1/billing-runs', {
            headers: session.headers,
            body: { date },
          }),
        );
      }),
    );
  for (const [name, description] of [
    ['confirm', 'let an unusual run go on'],
    ['reject', 'bill nothing of an unusual run'],
  ] as const) {
    runs
      .command(`${name} <id>`)
      .description(description)
      .addOption(reasonOption())
      .action(
        run(async (session, id: string, { reason }: { reason: string }) => {
          session.show(
            await session.api.POST(`/admin/v1/billing-runs/{id}/${name}`, {
              params: { path: { id } },
              headers: session.headers,
              body: { reason },
            }),
          );
        }),
      );
  }
}
