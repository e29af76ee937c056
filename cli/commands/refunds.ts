import { Option, type Command } from 'commander';
import type { Schema } from '../../client/src';
import { addAct, addList, addShow } from '../declare';
import { UsageError } from '../exit';
import { covers } from '../operations';
import { dayOptions, gatewayOptions, reasonOption, wonAmount, yesOption } from '../options';
import { dataOf, type Run, type Session } from '../session';
import type { Column } from '../table';
import { seoulTime, won } from '../words';

type Refund = Schema<'RefundView'>;

export const REFUND_COLUMNS: readonly Column<Refund>[] = [
  ['id', (refund) => refund.id, { right: true }],
  ['state', (refund) => refund.state],
  ['order number', (refund) => refund.orderNo],
  ['amount', (refund) => won(refund.amount), { right: true }],
  ['asked for', (refund) => seoulTime(refund.requestedAt)],
  ['account', (refund) => refund.gatewayAccount, { spare: true }],
  ['asked for by', (refund) => refund.requestedBy, { spare: true }],
  ['transaction', (refund) => refund.transactionId, { spare: true }],
];

interface RefundOptions {
  amount?: number;
  all?: boolean;
  reason: string;
  reference?: string;
}

export function addRefundCommands(program: Command, run: Run): void {
  addRefund(program, run);
  const refunds = program.command('refunds').description('refunds (환불) and what became of them');
  addList(refunds, run, {
    name: 'list',
    does: 'refunds, newest first',
    operation: 'GET /admin/v1/refunds',
    columns: REFUND_COLUMNS,
    filters: {
      state: new Option('--state <state>', 'such as Requested or Refunded'),
      chargeId: new Option('--charge <id>', 'of one charge'),
      ...gatewayOptions(),
      ...dayOptions('asked for'),
    },
  });
  addShow(refunds, run, {
    name: 'show <id>',
    does: 'a refund with its history',
    operation: 'GET /admin/v1/refunds/{id}',
  });
  addAct(refunds, run, {
    name: 'release <id>',
    does: 'let a large refund go that somebody else asked for',
    operation: 'POST /admin/v1/refunds/{id}/release',
    body: { reason: reasonOption() },
    asks: async (session, path) => {
      const refund = (await session.call('GET /admin/v1/refunds/{id}', { path })) as Refund;
      const { amount, orderNo, requestedBy, reason, transactionId, claimedBy } = refund;
      const claimed =
        claimedBy.length === 0 ? '' : `. ${transactionId} may as well be the payment of ${claimedBy.join(', ')}`;
      return `Give back ${won(amount)} of ${orderNo}, as ${requestedBy} asked for: ${reason}${claimed}`;
    },
  });
  addAct(refunds, run, {
    name: 'cancel <id>',
    does: 'take a refund back that is not sent yet',
    operation: 'POST /admin/v1/refunds/{id}/cancel',
    body: { reason: reasonOption() },
  });
  addAct(refunds, run, {
    name: 'resolve <id>',
    does: 'say what became of a refund whose answer was lost; sends nothing',
    operation: 'POST /admin/v1/refunds/{id}/resolve',
    body: {
      outcome: new Option('--as <outcome>').choices(['refunded', 'not-refunded']).makeOptionMandatory(),
      refundTransactionId: new Option('--refund-transaction <id>', 'the gateway’s id of the refund'),
      reason: reasonOption(),
    },
    asks: async (session, path, { outcome }) => {
      const { amount, orderNo } = (await session.call('GET /admin/v1/refunds/{id}', { path })) as Refund;
      const follows = outcome === 'refunded' ? 'counts as given back' : 'may be given back by another refund';
      return `Say for ever that the ${won(amount)} of ${orderNo} were ${String(outcome)}: the sum ${follows}.`;
    },
  });
  addAct(refunds, run, {
    name: 'reverse <id>',
    does: 'say that a refund which persons said was made was not; sends nothing',
    operation: 'POST /admin/v1/refunds/{id}/reverse',
    body: { reason: reasonOption() },
    asks: async (session, path) => {
      const { amount, orderNo } = (await session.call('GET /admin/v1/refunds/{id}', { path })) as Refund;
      return `Say that the ${won(amount)} of ${orderNo} were not given back: they may be given back by another refund.`;
    },
  });
}

function addRefund(program: Command, run: Run): void {
  const refund = program
    .command('refund <orderNo>')
    .description('give a payment back, wholly or in part (환불)')
    .addOption(
      new Option('--amount <won>', 'this much of it; this or --all is required').argParser(wonAmount).conflicts('all'),
    )
    .option('--all', 'all that is left of it')
    .addOption(reasonOption())
    .option('--reference <text>', 'what you call it: a charge is refunded once under a reference')
    .addOption(yesOption());
  covers(refund, 'POST /admin/v1/charges/{orderNo}/refunds', {}, '--amount <won>').action(
    run(async (session, orderNo: string, { amount, all, reason, reference }: RefundOptions) => {
      if (amount === undefined && all !== true) throw new UsageError('State --amount, or --all for all that is left.');
      await session.confirm(() => whatIsGivenBack(session, orderNo, amount));
      session.showDone(
        dataOf(
          await session.api.POST('/admin/v1/charges/{orderNo}/refunds', {
            params: { path: { orderNo } },
            headers: session.headers,
            body: { reason, ...(amount !== undefined && { amount }), ...(reference !== undefined && { reference }) },
          }),
        ),
      );
    }),
  );
}

async function whatIsGivenBack(session: Session, orderNo: string, amount: number | undefined): Promise<string> {
  const call = { params: { path: { orderNo } } };
  const charge = dataOf(await session.api.GET('/admin/v1/charges/{orderNo}', call));
  const left = charge.amount - charge.refundedAmount - charge.pendingRefundAmount;
  const before = charge.refundedAmount === 0 ? '' : ` (${won(charge.refundedAmount)} were given back before)`;
  return `Give back ${won(amount ?? left)} of the ${won(charge.amount)} paid for ${orderNo}, ${charge.productName}${before}.`;
}
