import type { Command } from 'commander';
import type { Schema } from '../../client/src';
import { NothingFound, UsageError } from '../exit';
import { seoulTime, tableOf, won, type Column } from '../output';
import { dataOf, type Run } from '../session';

type Answer = Schema<'AnswerView'>;

const EVIDENCE: readonly Column<Schema<'EvidenceView'>>[] = [
  ['at (Seoul)', (one) => seoulTime(one.at)],
  ['what', (one) => one.what],
  ['says', (one) => one.says],
  ['where', (one) => one.link],
];

const ACTIONS: readonly Column<Schema<'ActionView'>>[] = [
  ['may be done now', (one) => one.action],
  ['how', (one) => `${one.method} ${one.href}`],
];

/** The three names a payment is asked about by. */
interface InquiryOptions {
  order?: string;
  transaction?: string;
  customer?: string;
}

export function addInquiryCommand(program: Command, run: Run): void {
  program
    .command('inquiry')
    .description('was this customer charged, how do we know, what may I do now? By one of three names')
    .option('--order <orderNo>', 'our order number')
    .option('--transaction <id>', 'T store’s id of the payment')
    .option('--customer <reference>', 'your own name for the customer; the latest charges are told')
    .action(
      run(async (session, { order, transaction, customer }: InquiryOptions) => {
        const named = [order, transaction, customer].filter((name) => name !== undefined);
        if (named.length !== 1) throw new UsageError('State one of --order, --transaction and --customer.');
        const query = {
          ...(order !== undefined && { orderNo: order }),
          ...(transaction !== undefined && { transactionId: transaction }),
          ...(customer !== undefined && { customerReference: customer }),
        };
        const { items } = dataOf(await session.api.GET('/admin/v1/inquiry', { params: { query } }));
        if (items.length === 0) throw new NothingFound(`Nothing is known of ${named[0]}.`);
        session.tell(items, () => items.map(inWords).join('\n'));
      }),
    );
}

function inWords({ charge, verdict, amountCharged, because, evidence, actions }: Answer): string {
  const head = `${charge.orderNo}: ${verdict}, ${won(amountCharged)} won\n${because}\n`;
  return head + tableOf(evidence, EVIDENCE) + tableOf(actions, ACTIONS);
}
