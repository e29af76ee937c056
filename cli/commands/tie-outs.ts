import { Option, type Command } from 'commander';
import type { Schema } from '../../client/src';
import { addAct, addList, addShow } from '../declare';
import { contentOf } from '../files';
import { covers } from '../operations';
import { reasonOption } from '../options';
import type { Run } from '../session';
import type { Column } from '../table';
import { seoulTime, won } from '../words';

const TIE_OUTS: readonly Column<Schema<'TieOutView'>>[] = [
  ['id', (one) => one.id, { right: true }],
  ['day', (one) => one.day],
  ['account', (one) => one.gatewayAccount],
  ['state', (one) => one.state],
  ['finished', (one) => seoulTime(one.finishedAt)],
  ['waits because', (one) => one.retry?.error ?? '', { wraps: true, spare: true }],
];

type Side = Schema<'DifferenceSideView'>;
const sideInWords = ({ amount, state }: Side): string =>
  [amount === null ? '' : won(amount), state ?? ''].filter((part) => part !== '').join(', ') || '–';

const DIFFERENCES: readonly Column<Schema<'TieOutDifferenceView'>>[] = [
  ['id', (one) => one.id, { right: true }],
  ['day', (one) => one.day],
  ['state', (one) => one.state],
  ['what', (one) => `${one.movement} ${one.kind}`],
  ['order number', (one) => one.orderNo ?? ''],
  ['ours', (one) => sideInWords(one.ours)],
  ['theirs', (one) => sideInWords(one.theirs)],
  ['account', (one) => one.gatewayAccount, { spare: true }],
];

const FILES: readonly Column<Schema<'ListFileView'>>[] = [
  ['id', (one) => one.id, { right: true }],
  ['imported', (one) => seoulTime(one.importedAt)],
  ['account', (one) => one.gatewayAccount],
  ['from', (one) => one.fromDay ?? ''],
  ['to', (one) => one.toDay ?? ''],
  ['payments', (one) => String(one.paymentCount), { right: true }],
  ['refunds', (one) => String(one.refundCount), { right: true }],
  ['by', (one) => one.importedBy, { spare: true }],
];

const account = () => new Option('--account <id>', 'of this gateway account');
const day = () => new Option('--day <day>', 'of this Seoul day, such as 2026-11-27');

export function addTieOutCommands(program: Command, run: Run): void {
  const tieOuts = program.command('tie-outs').description('days held against the gateways’ own lists');
  addList(tieOuts, run, {
    name: 'list',
    does: 'days that are or were compared, newest first',
    operation: 'GET /admin/v1/tie-outs',
    columns: TIE_OUTS,
    filters: { gatewayAccount: account(), day: day(), state: new Option('--state <state>', 'such as Done') },
  });
  addShow(tieOuts, run, {
    name: 'show <id>',
    does: 'one of them with its history',
    operation: 'GET /admin/v1/tie-outs/{id}',
  });
  addAct(tieOuts, run, {
    name: 'run',
    does: 'have a day compared, again where it was before',
    operation: 'POST /admin/v1/tie-outs',
    body: { gatewayAccount: account().makeOptionMandatory(), day: day().makeOptionMandatory() },
  });
  addList(tieOuts, run, {
    name: 'differences',
    does: 'what the lists have otherwise than we do, newest first',
    operation: 'GET /admin/v1/tie-out-differences',
    columns: DIFFERENCES,
    filters: {
      gatewayAccount: account(),
      day: day(),
      state: new Option('--state <state>', 'such as Open'),
      kind: new Option('--kind <kind>', 'amount, state, only-ours or only-theirs'),
      orderNo: new Option('--order <orderNo>', 'of this order number'),
    },
  });
  addImport(tieOuts, run);
  addList(tieOuts, run, {
    name: 'files',
    does: 'lists that were downloaded from a gateway’s own site and brought here, newest first',
    operation: 'GET /admin/v1/list-files',
    columns: FILES,
    filters: { gatewayAccount: account() },
  });
  addShow(tieOuts, run, {
    name: 'file <id>',
    does: 'one of these, with the columns it was read by',
    operation: 'GET /admin/v1/list-files/{id}',
  });
  addShow(tieOuts, run, {
    name: 'difference <id>',
    does: 'one of these with its history',
    operation: 'GET /admin/v1/tie-out-differences/{id}',
  });
  addAct(tieOuts, run, {
    name: 'explain <id>',
    does: 'say what a difference is; moves nothing',
    operation: 'POST /admin/v1/tie-out-differences/{id}/explain',
    body: { reason: reasonOption() },
  });
}

function addImport(tieOuts: Command, run: Run): void {
  const gatewayAccount = account().makeOptionMandatory();
  const columns = new Option(
    '--columns <columns>',
    'which heading is what, such as transactionId:거래번호,amount:거래금액',
  );
  const command = tieOuts
    .command('import <file>')
    .description('bring a list downloaded from the gateway’s own site as CSV, all or none of it')
    .addOption(gatewayAccount)
    .addOption(columns);
  covers(command, 'POST /admin/v1/list-files', { gatewayAccount, columns }).action(
    run(async (session, file: string, stated: { account: string; columns?: string }) => {
      const body = await contentOf(file);
      const query = {
        gatewayAccount: stated.account,
        ...(stated.columns !== undefined && { columns: stated.columns }),
      };
      const parts = { query, headers: { 'content-type': 'text/csv' } };
      session.showThing((await session.call('POST /admin/v1/list-files', { ...parts, body, isRaw: true })) as object);
    }),
  );
}
