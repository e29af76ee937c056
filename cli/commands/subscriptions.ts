import type { Command } from 'commander';
import { Option } from 'commander';
import type { Schema } from '../../client/src';
import type { Column } from '../output';
import type { Run } from '../session';
import { allOption, limitOption, rowsOf, type ListOptions } from './options';

type Subscription = Schema<'SubscriptionView'>;

const COLUMNS: readonly Column<Subscription>[] = [
  ['id', (subscription) => subscription.id],
  ['customer', (subscription) => subscription.customerReference],
  ['state', (subscription) => subscription.state],
  ['next billing', (subscription) => subscription.nextBillingOn],
  ['paid through', (subscription) => subscription.paidThroughOn],
];

interface SubscriptionListOptions extends ListOptions {
  state?: Subscription['state'];
  customer?: string;
}

export function addSubscriptionCommands(program: Command, run: Run): void {
  const subscriptions = program.command('subscriptions').description('customers’ standing orders (정기구독)');
  subscriptions
    .command('list')
    .description('subscriptions, newest first')
    .addOption(new Option('--state <state>').choices(['Active', 'PastDue', 'Paused', 'Canceled', 'Expired']))
    .option('--customer <reference>', 'of one customer')
    .addOption(limitOption())
    .addOption(allOption())
    .action(
      run(async (session, { state, customer, ...list }: SubscriptionListOptions) => {
        const filter = { ...(state && { state }), ...(customer && { customerReference: customer }) };
        const rows = await rowsOf(list, (page) =>
          session.api.GET('/admin/v1/subscriptions', {
            params: { query: { ...filter, ...page } },
          }),
        );
        session.showList(rows, COLUMNS);
      }),
    );
  subscriptions
    .command('show <id>')
    .description('a subscription with its history')
    .action(
      run(async (session, id: string) => {
        session.show(await session.api.GET('/admin/v1/subscriptions/{id}', { params: { path: { id } } }));
      }),
    );
  for (const [name, description] of [
    ['pause', 'bill no further period until resumed'],
    ['resume', 'bill again from the next billing date'],
  ] as const) {
    subscriptions
      .command(`${name} <id>`)
      .description(description)
      .action(
        run(async (session, id: string) => {
          session.show(
            await session.api.POST(`/admin/v1/subscriptions/{id}/${name}`, {
              params: { path: { id } },
              headers: session.headers,
            }),
          );
        }),
      );
  }
  subscriptions
    .command('cancel <id>')
    .description('end a subscription')
    .addOption(
      new Option('--when <when>', 'at once, or when what is paid for is over')
        .choices(['now', 'period-end'])
        .makeOptionMandatory(),
    )
    .action(
      run(async (session, id: string, { when }: { when: 'now' | 'period-end' }) => {
        session.show(
          await session.api.POST('/admin/v1/subscriptions/{id}/cancel', {
            params: { path: { id } },
            headers: session.headers,
            body: { when },
          }),
        );
      }),
    );
}
