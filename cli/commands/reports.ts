import type { Command } from 'commander';
import { Option } from 'commander';
import type { Schema } from '../../client/src';
import { collectedOf, DAY_KINDS, HOW_DAYS_ADD_UP } from '../day-kinds';
import { saveTo, type SaveOptions } from '../files';
import { covers } from '../operations';
import { outputOption, overStretch } from '../options';
import { dataOf, type Run } from '../session';
import type { Column } from '../table';
import { tally, won } from '../words';

type Day = Schema<'DayView'>;

const DAYS: readonly Column<Day>[] = [
  ['day', (day) => day.day],
  ['adds up', (day) => (day.balanced ? 'yes' : 'NO')],
  ['requested', (day) => tally(day.requested), { right: true }],
  ['collected in all', (day) => tally(collectedOf(day)), { right: true }],
  ...DAY_KINDS.slice(1).map(([kind, words]): Column<Day> => [
    words,
    (day) => tally(day[kind]),
    kind === 'refunded' ? { right: true } : { right: true, spare: true },
  ]),
];

const MONTHS: readonly Column<Schema<'ProductMonthView'>>[] = [
  ['month', (row) => row.month],
  ['product', (row) => `${row.productName} (${row.storeProductId})`, { wraps: true }],
  ['collected', (row) => tally(row.collected), { right: true }],
  ['refunded', (row) => tally(row.refunded), { right: true }],
  ['net', (row) => won(row.netAmount), { right: true }],
  ['declined', (row) => tally(row.declined), { right: true, spare: true }],
  ['carrier', (row) => won(row.collected.carrierAmount), { right: true, spare: true }],
  ['card', (row) => won(row.collected.creditCardAmount), { right: true, spare: true }],
  ['membership', (row) => won(row.collected.tmembershipAmount), { right: true, spare: true }],
];

const UNBALANCED: readonly Column<Schema<'UnbalancedJobView'>>[] = [
  ['job', (one) => one.jobId, { right: true }],
  ['paid, it says', (one) => tally(one.stated.paid), { right: true }],
  ['by the log', (one) => tally(one.logged.paid), { right: true }],
  ['declined, it says', (one) => tally(one.stated.declined), { right: true }],
  ['by the log ', (one) => tally(one.logged.declined), { right: true }],
];

const GATEWAY_DAYS: readonly Column<Schema<'GatewayDayView'>>[] = [
  ['day', (one) => one.day],
  ['account', (one) => one.gatewayAccount],
  ['compared', (one) => one.tieOut ?? 'no'],
  ['collected', (one) => won(one.collected), { right: true }],
  ['refunded', (one) => won(one.refunded), { right: true }],
  ['fees', (one) => won(one.fees), { right: true }],
  ['to be paid out', (one) => won(one.payOut), { right: true }],
  ['paid out', (one) => won(one.paidOut), { right: true }],
  ['open', (one) => String(one.openDifferences), { right: true }],
  ['collected here', (one) => won(one.collectedHere), { right: true, spare: true }],
  ['refunded here', (one) => won(one.refundedHere), { right: true, spare: true }],
];

const stretch = () => ({ from: new Option('--from <day>'), to: new Option('--to <day>') });

export function addReportCommands(program: Command, run: Run): void {
  const reports = program.command('reports').description('numbers that add up to the won');
  const daily = overStretch(reports.command('daily'), 'day')
    .description('what was asked and how it ended, a Seoul day each, by when sending began')
    .addOption(outputOption());
  covers(daily, 'GET /admin/v1/reports/daily', stretch()).action(
    run(async (session, from: string, to: string | undefined, { output }: SaveOptions) => {
      const query = { from, to: to ?? from };
      if (output !== undefined) return saveTo(session, output, 'GET /admin/v1/reports/daily', { query });
      const { days } = dataOf(await session.api.GET('/admin/v1/reports/daily', { params: { query } }));
      session.tell(days, () => `${session.table(days, DAYS)}${session.wrapped(HOW_DAYS_ADD_UP)}\n`);
    }),
  );
  const monthly = overStretch(reports.command('monthly'), 'month')
    .description('months by product: collected, refunded and net; --json and --output tell all of it')
    .addOption(outputOption());
  covers(monthly, 'GET /admin/v1/reports/monthly', stretch()).action(
    run(async (session, from: string, to: string | undefined, { output }: SaveOptions) => {
      const query = { from, to: to ?? from };
      if (output !== undefined) return saveTo(session, output, 'GET /admin/v1/reports/monthly', { query });
      const report = dataOf(await session.api.GET('/admin/v1/reports/monthly', { params: { query } }));
      const { collected, refunded, reversed, netAmount } = report.total;
      const none = reversed.count === 0 ? '' : `, ${tally(reversed)} of refunds were none`;
      const total = `in all: ${tally(collected)} collected; ${tally(refunded)} refunded${none}; ${won(netAmount)} net`;
      session.tell(report, () => `${session.table(report.items, MONTHS)}${total}\n`);
    }),
  );
  const account = new Option('--account <id>', 'of this gateway account only');
  const gatewayDays = overStretch(reports.command('gateway-days'), 'day')
    .description('what each account collected, gave back, cost and paid out, by the gateway’s own lists')
    .addOption(account)
    .addOption(outputOption());
  covers(gatewayDays, 'GET /admin/v1/reports/gateway-days', { ...stretch(), gatewayAccount: account }).action(
    run(async (session, from: string, to: string | undefined, stated: SaveOptions & { account?: string }) => {
      const { output, account: gatewayAccount } = stated;
      const query = { from, to: to ?? from, ...(gatewayAccount !== undefined && { gatewayAccount }) };
      if (output !== undefined) return saveTo(session, output, 'GET /admin/v1/reports/gateway-days', { query });
      const { items } = dataOf(await session.api.GET('/admin/v1/reports/gateway-days', { params: { query } }));
      session.showList(items, GATEWAY_DAYS);
    }),
  );
  const unbalanced = overStretch(reports.command('unbalanced-jobs'), 'day')
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
