import { Option, type Command } from 'commander';
import type { Schema } from '../../client/src';
import { addAct, addList, addShow } from '../declare';
import { AlreadyThere } from '../exit';
import { covers } from '../operations';
import { dayArgument, reasonOption, wholeNumber, yesOption } from '../options';
import { dataOf, type Run, type Session } from '../session';
import type { Column } from '../table';
import { count, seoulTime, tally, won } from '../words';

type BillingRun = Schema<'BillingRunView'>;

const COLUMNS: readonly Column<BillingRun>[] = [
  ['id', (billingRun) => billingRun.id, { right: true }],
  ['billing date', (billingRun) => billingRun.billingDate],
  ['state', (billingRun) => billingRun.state],
  ['charges', (billingRun) => count(billingRun.planned.count), { right: true }],
  ['amount', (billingRun) => won(billingRun.planned.amount), { right: true }],
  ['jobs', (billingRun) => billingRun.jobCount, { right: true, spare: true }],
  ['planned', (billingRun) => seoulTime(billingRun.plannedAt), { spare: true }],
];

export function addBillingRunCommands(program: Command, run: Run): void {
  const runs = program.command('runs').description('billing runs (정기결제 실행), one a date');
  addList(runs, run, {
    name: 'list',
    does: 'billing runs, newest first',
    operation: 'GET /admin/v1/billing-runs',
    columns: COLUMNS,
    filters: {
      state: new Option('--state <state>').choices(['Planned', 'AwaitingConfirmation', 'Confirmed', 'Rejected']),
    },
  });
  addShow(runs, run, {
    name: 'show <id>',
    does: 'a billing run with its history',
    operation: 'GET /admin/v1/billing-runs/{id}',
  });
  const dryRun = runs
    .command('dry-run')
    .description('what the run of a date would bill; writes nothing')
    .addArgument(dayArgument())
    .addOption(
      new Option('--lines <rows>', 'how many of the first charges to show').argParser(wholeNumber).default(20),
    );
  covers(dryRun, 'POST /admin/v1/billing-runs/dry-run').action(
    run(async (session, date: string, { lines }: { lines: number }) => {
      session.showThing(await previewOf(session, date, lines));
    }),
  );
  const open = runs
    .command('open')
    .description('open the run of a date, once')
    .addArgument(dayArgument())
    .addOption(yesOption());
  covers(open, 'POST /admin/v1/billing-runs').action(
    run(async (session, date: string) => {
      await session.confirm(async () => {
        const { total, lookAlikes } = await previewOf(session, date, 1);
        const twice = `${lookAlikes.count} of them may be charged twice: \`runs dry-run ${date}\` shows who. `;
        return `${lookAlikes.count > 0 ? twice : ''}Bill what is due on ${date}: ${tally(total)}.`;
      });
      const call = { headers: session.headers, body: { date } };
      const { data, response } = await session.api.POST('/admin/v1/billing-runs', call);
      const opened = dataOf<BillingRun>({ data });
      // A day has one run: whoever asks for another is shown that one.
      if (response.status !== 200) return session.showDone(opened);
      session.showThing(opened);
      const { id, billingDate, state, plannedAt } = opened;
      const was = `run ${id} of ${billingDate} (${state}), opened at ${seoulTime(plannedAt)}`;
      const later = 'What has become due since, or was made since, is billed by the run of the next day';
      throw new AlreadyThere(`Already there: ${was}. Nothing was opened. ${later}.`);
    }),
  );
  addAct(runs, run, {
    name: 'confirm <id>',
    does: 'let an unusual run go on',
    operation: 'POST /admin/v1/billing-runs/{id}/confirm',
    body: { reason: reasonOption() },
    asks: async (session, path) => {
      const found = await session.call('GET /admin/v1/billing-runs/{id}', { path });
      const { billingDate, planned, changesSincePlanning } = found as Schema<'BillingRunDetailView'>;
      const changed = changesSincePlanning === null ? '' : changesInWords(changesSincePlanning);
      return `Let the held run of ${billingDate} go on: ${tally(planned)} were planned and are charged.${changed}`;
    },
  });
  addAct(runs, run, {
    name: 'reject <id>',
    does: 'bill nothing of an unusual run',
    operation: 'POST /admin/v1/billing-runs/{id}/reject',
    body: { reason: reasonOption() },
  });
}

/** What a person must know before charges go that were planned a while ago. */
function changesInWords({ unwanted, repriced }: Schema<'PlanChangesView'>): string {
  const left = unwanted.map(({ reason, ...of }) => ` Of these ${tally(of)} are not: ${reason}.`).join('');
  if (repriced.count === 0) return left;
  const now = `${repriced.difference > 0 ? '+' : ''}${won(repriced.difference)}`;
  return `${left} ${count(repriced.count)} would be charged another price now (${now} in all), and keep the one of their period.`;
}

async function previewOf(session: Session, date: string, lines: number): Promise<Schema<'RunPreviewView'>> {
  return dataOf(await session.api.POST('/admin/v1/billing-runs/dry-run', { body: { date, lines } }));
}
