import { Option, type Command } from 'commander';
import type { Schema } from '../../client/src';
import { addAct, addList, addShow } from '../declare';
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
