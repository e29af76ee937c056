import type { Command } from 'commander';
import { Option } from 'commander';
import type { Schema } from '../../client/src';
import { NothingFound, UsageError } from '../exit';
import { covers } from '../operations';
import { dataOf, type Run, type Session } from '../session';
import { seoulTime, won } from '../words';

type Answer = Schema<'AnswerView'>;

/** The three names a payment is asked about by. */
interface InquiryOptions {
  order?: string;
  transaction?: string;
  customer?: string;
}

const NAMES = {
  orderNo: new Option('--order <orderNo>', 'our order number'),
  transactionId: new Option('--transaction <id>', 'the gateway’s id of the payment'),
  customerReference: new Option(
    '--customer <reference>',
    'your own name for the customer; the latest charges are told',
  ),
};

export function addInquiryCommand(program: Command, run: Run): void {
  const inquiry = program
    .command('inquiry')
    .description('was this customer charged, how do we know, what may I do now? By one of three names');
  for (const option of Object.values(NAMES)) inquiry.addOption(option);
  covers(inquiry, 'GET /admin/v1/inquiry', NAMES).action(
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
      session.tell(items, () => items.map((answer) => inWords(session, answer)).join('\n'));
    }),
  );
}

function inWords(session: Session, { charge, verdict, amountCharged, because, evidence, actions }: Answer): string {
  const known = session.table(evidence, [
    ['when', (one) => seoulTime(one.at)],
    ['how we know', (one) => `${one.what}: ${one.says}`, { wraps: true }],
    ['to look at it', (one) => session.how('GET', one.link), { wraps: true }],
  ]);
  const possible = session.table(actions, [
    ['may be done now', (one) => one.action],
    ['how', (one) => session.how(one.method, one.href), { wraps: true }],
  ]);
  return `${charge.orderNo}: ${verdict}, ${won(amountCharged)}\n${session.wrapped(because)}\n\n${known}\n${possible}`;
}
