import { Option, type Command } from 'commander';
import type { Schema } from '../../client/src';
import { addAct, addList, addShow } from '../declare';
import { dayOptions, reasonOption } from '../options';
import type { Run } from '../session';
import type { Column } from '../table';
import { won } from '../words';

type Discrepancy = Schema<'DiscrepancyView'>;

export const DISCREPANCY_COLUMNS: readonly Column<Discrepancy>[] = [
  ['id', (one) => one.id, { right: true }],
  ['state', (one) => one.state],
  ['kind', (one) => one.kind],
  ['order number', (one) => one.orderNo],
  ['expected', (one) => won(one.expected?.amount), { right: true }],
  ['found', (one) => won(one.found?.amount), { right: true }],
  ['job', (one) => one.jobId, { right: true, spare: true }],
];

const transactionOption = () =>
  new Option('--transaction <id>', 'T store’s id of the payment, where its line names none');

export function addDiscrepancyCommands(program: Command, run: Run): void {
  const discrepancies = program.command('discrepancies').description('differences between asked and answered (불일치)');
  addList(discrepancies, run, {
    name: 'list',
    does: 'discrepancies, newest first',
    operation: 'GET /admin/v1/discrepancies',
    columns: DISCREPANCY_COLUMNS,
    filters: {
      state: new Option('--state <state>').choices(['Open', 'Accepted', 'Closed']),
      kind: new Option('--kind <kind>', 'such as missing or amount-mismatch'),
      jobId: new Option('--job <id>', 'of one job'),
      orderNo: new Option('--order <orderNo>', 'of one order'),
      ...dayOptions('found'),
    },
  });
  addShow(discrepancies, run, {
    name: 'show <id>',
    does: 'a discrepancy: what was expected, what was found, the raw line, the lookups',
    operation: 'GET /admin/v1/discrepancies/{id}',
  });
  addAct(discrepancies, run, {
    name: 'lookup <id>',
    does: 'ask T store for its transaction; suggests a decision and changes nothing',
    operation: 'POST /admin/v1/discrepancies/{id}/lookup',
    body: { transactionId: transactionOption() },
  });
  addAct(discrepancies, run, {
    name: 'accept <id>',
    does: 'settle its charge by decision',
    operation: 'POST /admin/v1/discrepancies/{id}/accept',
    body: {
      outcome: new Option('--as <outcome>').choices(['paid', 'declined']).makeOptionMandatory(),
      transactionId: transactionOption(),
      resultCode: new Option('--result-code <code>', 'T store’s code of the decline, where its line names none'),
      reason: reasonOption(),
    },
    asks: async (session, path, { outcome }) => {
      const found = await session.call('GET /admin/v1/discrepancies/{id}', { path });
      const { orderNo, kind, expected } = found as Discrepancy;
      const follows =
        outcome === 'declined' ? 'It may be charged again on another day.' : 'What it pays for is extended.';
      return `Settle ${orderNo} (${kind}) as ${String(outcome)}, for ${won(expected?.amount)}, for ever. ${follows}`;
    },
  });
  addAct(discrepancies, run, {
    name: 'close <id>',
    does: 'decide that nothing follows from it; the last one of a charge closes the charge',
    operation: 'POST /admin/v1/discrepancies/{id}/close',
    body: { reason: reasonOption() },
    asks: async (session, path) => {
      const { orderNo, kind, chargeId } = (await session.call('GET /admin/v1/discrepancies/{id}', {
        path,
      })) as Discrepancy;
      const follows = chargeId === null ? '' : ' Its charge then counts neither as paid nor as declined.';
      return `Close the discrepancy of ${orderNo} (${kind}) for ever.${follows}`;
    },
  });
}
