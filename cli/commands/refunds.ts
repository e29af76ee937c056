import type { Command } from 'commander';
import { Option } from 'commander';
import type { Schema } from '../../client/src';
import { seoulTime, won, type Column } from '../output';
import type { Run } from '../session';
import { allOption, limitOption, reasonOption, rowsOf, wholeNumber, type ListOptions } from './options';

type Refund = Schema<'RefundView'>;

const COLUMNS: readonly Column<Refund>[] = [
  ['id', (refund) => refund.id],
  ['state', (refund) => refund.state],
  ['order number', (refund) => refund.orderNo],
  ['transaction', (refund) => refund.transactionId],
  ['won', (refund) => won(refund.amount)],
  ['asked for by', (refund) => refund.requestedBy],
  ['asked for (Seoul)', (refund) => seoulTime(refund.requestedAt)],
];

interface ResolveOptions {
  as: 'refunded' | 'not-refunded';
  refundTransaction?: string;
  reason: string;
}

export function addRefundCommands(program: Command, run: Run): void {
  program
    .command('refund <orderNo>')
    .description('give a payment back, wholly or in part (환불)')
    .addOption(new Option('--amount <won>', 'won; all that is left unless stated').argParser(wholeNumber))
    .addOption(reasonOption())
    .action(
      run(async (session, orderNo: string, { amount, reason }: { amount?: number; reason: string }) => {
        session.show(
          await session.api.POST('/admin/v1/charges/{orderNo}/refunds', {
            params: { path: { orderNo } },
            headers: session.headers,
            body: { reason, ...(amount !== undefined && { amount }) },
          }),
        );
      }),
    );
  const refunds = program.command('refunds').description('refunds (환불) and what became of them');
  refunds
    .command('list')
    .description('refunds, newest first')
    .option('--state <state>', 'such as Requested or Refunded')
    .addOption(limitOption())
    .addOption(allOption())
    .action(
      run(async (session, { state, ...list }: ListOptions & { state?: Refund['state'] }) => {
        const rows = await rowsOf(list, (page) =>
          session.api.GET('/admin/v1/refunds', {
            params: { query: { ...(state && { state }), ...page } },
          }),
        );
        session.showList(rows, COLUMNS);
      }),
    );
  refunds
    .command('show <id>')
    .description('a refund with its history')
    .action(
      run(async (session, id: string) => {
        session.show(await session.api.GET('/admin/v1/refunds/{id}', { params: { path: { id } } }));
      }),
    );
  for (const [name, description] of [
    ['release', 'let a large refund go that somebody else asked for'],
    ['cancel', 'take a refund back that is not sent yet'],
  ] as const) {
    refunds
      .command(`${name} <id>`)
      .description(description)
      .addOption(reasonOption())
      .action(
        run(async (session, id: string, { reason }: { reason: string }) => {
          session.show(
            await session.api.POST(`/admin/v1/refunds/{id}/${name}`, {
              params: { path: { id } },
              headers: session.headers,
              body: { reason },
            }),
          );
        }),
      );
  }
  refunds
    .command('resolve <id>')
    .description('say what became of a refund whose answer was lost; sends nothing')
    .addOption(new Option('--as <outcome>').choices(['refunded', 'not-refunded']).makeOptionMandatory())
    .option('--refund-transaction <id>', 'T store’s id of the refund')
    .addOption(reasonOption())
    .action(
      run(async (session, id: string, { as: outcome, refundTransaction, reason }: ResolveOptions) => {
        const found = refundTransaction === undefined ? {} : { refundTransactionId: refundTransaction };
        session.show(
          await session.api.POST('/admin/v1/refunds/{id}/resolve', {
            params: { path: { id } },
            headers: session.headers,
            body: { outcome, reason, ...found },
          }),
        );
      }),
    );
}
