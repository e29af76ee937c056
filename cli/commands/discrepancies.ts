import type { Command } from 'commander';
import { Option } from 'commander';
import type { Schema } from '../../client/src';
import { won, type Column } from '../output';
import type { Run } from '../session';
import { allOption, limitOption, reasonOption, rowsOf, type ListOptions } from './options';

type Discrepancy = Schema<'DiscrepancyView'>;

const COLUMNS: readonly Column<Discrepancy>[] = [
  ['id', (one) => one.id],
  ['state', (one) => one.state],
  ['kind', (one) => one.kind],
  ['order number', (one) => one.orderNo],
  ['expected won', (one) => won(one.expected?.amount)],
  ['found won', (one) => won(one.found?.amount)],
  ['job', (one) => one.jobId],
];

interface DiscrepancyListOptions extends ListOptions {
  state?: Discrepancy['state'];
  job?: string;
}

interface AcceptOptions {
  as: 'paid' | 'declined';
  transaction?: string;
  reason: string;
}

export function addDiscrepancyCommands(program: Command, run: Run): void {
  const discrepancies = program.command('discrepancies').description('differences between asked and answered (불일치)');
  discrepancies
    .command('list')
    .description('discrepancies, newest first')
    .addOption(new Option('--state <state>').choices(['Open', 'Accepted', 'Closed']))
    .option('--job <id>', 'of one job')
    .addOption(limitOption())
    .addOption(allOption())
    .action(
      run(async (session, { state, job, ...list }: DiscrepancyListOptions) => {
        const filter = { ...(state && { state }), ...(job && { jobId: job }) };
        const rows = await rowsOf(list, (page) =>
          session.api.GET('/admin/v1/discrepancies', {
            params: { query: { ...filter, ...page } },
          }),
        );
        session.showList(rows, COLUMNS);
      }),
    );
  discrepancies
    .command('show <id>')
    .description('a discrepancy: what was expected, what was found, the raw line, the lookups')
    .action(
      run(async (session, id: string) => {
        session.show(await session.api.GET('/admin/v1/discrepancies/{id}', { params: { path: { id } } }));
      }),
    );
  discrepancies
    .command('lookup <id>')
    .description('ask T store for its transaction; suggests a decision and changes nothing')
    .option('--transaction <id>', 'which, where its line names none')
    .action(
      run(async (session, id: string, { transaction }: { transaction?: string }) => {
        session.show(
          await session.api.POST('/admin/v1/discrepancies/{id}/lookup', {
            params: { path: { id } },
            headers: session.headers,
            body: transaction === undefined ? {} : { transactionId: transaction },
          }),
        );
      }),
    );
  discrepancies
    .command('accept <id>')
    .description('settle its charge by decision')
    .addOption(new Option('--as <outcome>').choices(['paid', 'declined']).makeOptionMandatory())
    .option('--transaction <id>', 'T store’s id of the payment, where its line names none')
    .addOption(reasonOption())
    .action(
      run(async (session, id: string, { as, transaction, reason }: AcceptOptions) => {
        session.show(
          await session.api.POST('/admin/v1/discrepancies/{id}/accept', {
            params: { path: { id } },
            headers: session.headers,
            body: { outcome: as, reason, ...(transaction !== undefined && { transactionId: transaction }) },
          }),
        );
      }),
    );
  discrepancies
    .command('close <id>')
    .description('decide that nothing follows from it')
    .addOption(reasonOption())
    .action(
      run(async (session, id: string, { reason }: { reason: string }) => {
        session.show(
          await session.api.POST('/admin/v1/discrepancies/{id}/close', {
            params: { path: { id } },
            headers: session.headers,
            body: { reason },
          }),
        );
      }),
    );
}
