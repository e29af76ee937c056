import type { Command } from 'commander';
import { Option } from 'commander';
import type { Schema } from '../../client/src';
import { seoulTime, won, type Column } from '../output';
import type { Run } from '../session';
import { allOption, limitOption, rowsOf, type ListOptions } from './options';

type Charge = Schema<'ChargeView'>;

const COLUMNS: readonly Column<Charge>[] = [
  ['order number', (charge) => charge.orderNo],
  ['state', (charge) => charge.state],
  ['won', (charge) => won(charge.amount)],
  ['product', (charge) => charge.productName],
  ['subscription', (charge) => charge.subscriptionId],
  ['transaction', (charge) => charge.transactionId],
  ['settled (Seoul)', (charge) => seoulTime(charge.settledAt)],
];

interface ChargeListOptions extends ListOptions {
  state?: Charge['state'];
  job?: string;
  subscription?: string;
  transaction?: string;
}

export function addChargeCommands(program: Command, run: Run): void {
  const charges = program.command('charges').description('charges (결제), one order number each');
  charges
    .command('list')
    .description('charges, newest first')
    .addOption(new Option('--state <state>', 'such as Paid or Declined'))
    .option('--job <id>', 'of one job')
    .option('--subscription <id>', 'of one subscription')
    .option('--transaction <id>', 'by T store’s id of the payment')
    .addOption(limitOption())
    .addOption(allOption())
    .action(
      run(async (session, { state, job, subscription, transaction, limit, all }: ChargeListOptions) => {
        const filter = {
          ...(state && { state }),
          ...(job && { jobId: job }),
          ...(subscription && { subscriptionId: subscription }),
          ...(transaction && { transactionId: transaction }),
        };
        const rows = await rowsOf({ limit, ...(all && { all }) }, (page) =>
          session.api.GET('/admin/v1/charges', { params: { query: { ...filter, ...page } } }),
        );
        session.showList(rows, COLUMNS);
      }),
    );
  charges
    .command('show <orderNo>')
    .description('a charge with all that is known of it')
    .action(
      run(async (session, orderNo: string) => {
        session.show(await session.api.GET('/admin/v1/charges/{orderNo}', { params: { path: { orderNo } } }));
      }),
    );
  charges
    .command('transaction <orderNo>')
    .description('what T store says of a charge, beside our own record')
    .action(
      run(async (session, orderNo: string) => {
        session.show(
          await session.api.GET('/admin/v1/charges/{orderNo}/transaction', {
            params: { path: { orderNo } },
          }),
        );
      }),
    );
}
