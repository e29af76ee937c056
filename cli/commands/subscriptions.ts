import { Option, type Command } from 'commander';
import { readFile } from 'node:fs/promises';
import type { Schema } from '../../client/src';
import { addAct, addDownload, addList, addShow } from '../declare';
import { UsageError } from '../exit';
import { contentOf } from '../files';
import { covers } from '../operations';
import { priceOf, priceOptions, wholeNumber, yesOption, type PriceOptions } from '../options';
import type { Run } from '../session';
import type { Column } from '../table';
import { won } from '../words';

type Subscription = Schema<'SubscriptionView'>;

const COLUMNS: readonly Column<Subscription>[] = [
  ['id', (subscription) => subscription.id, { right: true }],
  ['customer', (subscription) => subscription.customerReference, { wraps: true }],
  ['state', (subscription) => subscription.state],
  ['price', (subscription) => won(subscription.price.amount), { right: true }],
  ['next billing', (subscription) => subscription.nextBillingOn],
  ['paid through', (subscription) => subscription.paidThroughOn],
  ['product', (subscription) => subscription.product.name, { wraps: true, spare: true }],
];

/** Where a billing token is read from: an argument would be seen by everybody who lists the processes. */
const tokenFileOption = () => new Option('--token-file <file>', 'holds the billing token; - reads standard input');

const filters = () => ({
  state: new Option('--state <state>').choices(['Active', 'PastDue', 'Paused', 'Canceled', 'Expired']),
  customerReference: new Option('--customer <reference>', 'of one customer'),
  productId: new Option('--product <id>', 'of one product'),
  newMethodNeeded: new Option('--new-method-needed', 'that wait for another payment method of the customer'),
});

export function addSubscriptionCommands(program: Command, run: Run): void {
  const subscriptions = program.command('subscriptions').description('customers’ standing orders (정기구독)');
  addList(subscriptions, run, {
    name: 'list',
    does: 'subscriptions, newest first',
    operation: 'GET /admin/v1/subscriptions',
    columns: COLUMNS,
    filters: filters(),
  });
  addShow(subscriptions, run, {
    name: 'show <id>',
    does: 'a subscription with its history',
    operation: 'GET /admin/v1/subscriptions/{id}',
  });
  addCreate(subscriptions, run);
  addChange(subscriptions, run);
  addAct(subscriptions, run, {
    name: 'pause <id>',
    does: 'bill no further period until resumed',
    operation: 'POST /admin/v1/subscriptions/{id}/pause',
  });
  addAct(subscriptions, run, {
    name: 'resume <id>',
    does: 'bill again from the next billing date',
    operation: 'POST /admin/v1/subscriptions/{id}/resume',
  });
  addAct(subscriptions, run, {
    name: 'cancel <id>',
    does: 'end a subscription',
    operation: 'POST /admin/v1/subscriptions/{id}/cancel',
    body: {
      when: new Option('--when <when>', 'at once, or when what is paid for is over')
        .choices(['now', 'period-end'])
        .makeOptionMandatory(),
    },
  });
  const replace = subscriptions
    .command('replace-billing-token <id>')
    .description('collect with another billing token from now on')
    .addOption(tokenFileOption().makeOptionMandatory());
  covers(replace, 'PUT /admin/v1/subscriptions/{id}/billing-token').action(
    run(async (session, id: string, { tokenFile }: { tokenFile: string }) => {
      const parts = { path: { id }, body: { billingToken: await tokenIn(tokenFile) } };
      session.showDone(await session.call('PUT /admin/v1/subscriptions/{id}/billing-token', parts));
    }),
  );
  addAct(subscriptions, run, {
    name: 'pay-by <id>',
    does: 'collect by another payment method of the customer from now on',
    operation: 'PUT /admin/v1/subscriptions/{id}/payment-method',
    body: { paymentMethodId: new Option('--payment-method <id>', 'such as 12').makeOptionMandatory() },
  });
  addDownload(subscriptions, run, {
    name: 'export',
    does: 'save subscriptions as CSV; of a billing token the beginning of its hash',
    operation: 'GET /admin/v1/subscriptions/export',
    filters: filters(),
  });
  addImport(subscriptions, run);
}

interface NewSubscription extends PriceOptions {
  customer: string;
  product: string;
  tokenFile?: string;
  paymentMethod?: string;
  start: string;
  anchorDay?: number;
  intervalMonths?: number;
  trialUntil?: string;
  end?: string;
}

function addCreate(subscriptions: Command, run: Run): void {
  const create = subscriptions
    .command('create')
    .description('sell a product to a customer, from a day on')
    .requiredOption('--customer <reference>', 'your own name for the customer')
    .requiredOption('--product <store product id>', 'its store id, as `products list` shows it, such as 0910024116')
    .requiredOption('--start <day>', 'Seoul day it begins on, such as 2026-12-01')
    .addOption(tokenFileOption())
    .option('--payment-method <id>', 'the customer’s payment method; this or --token-file is required')
    .addOption(new Option('--anchor-day <number>', 'day of the month it is billed on, 1 to 31').argParser(wholeNumber))
    .addOption(new Option('--interval-months <months>', 'how often it is billed').argParser(wholeNumber))
    .option('--trial-until <day>', 'first Seoul day that is not free any more, such as 2027-01-01')
    .option('--end <day>', 'first Seoul day it is over, such as 2027-12-01');
  for (const option of priceOptions()) create.addOption(option);
  create.addOption(yesOption());
  covers(create, 'POST /admin/v1/subscriptions').action(
    run(async (session, stated: NewSubscription) => {
      const price = priceOf(stated);
      const { customer, product, start, anchorDay, intervalMonths, trialUntil, end } = stated;
      const { tokenFile, paymentMethod: paymentMethodId } = stated;
      if ((tokenFile === undefined) === (paymentMethodId === undefined)) {
        throw new UsageError('State one of --token-file and --payment-method.');
      }
      const billingToken = tokenFile === undefined ? undefined : await tokenIn(tokenFile);
      await session.confirm(() => {
        const amount = price === undefined ? 'the product’s price' : won(price.amount);
        return Promise.resolve(`Bill ${customer} ${amount} for ${product}, again and again from ${start} on.`);
      });
      const body = {
        customerReference: customer,
        storeProductId: product,
        startedOn: start,
        billingToken,
        paymentMethodId,
      };
      const terms = { anchorDay, intervalMonths, trialUntil, endsOn: end, priceOverride: price };
      const parts = { body: { ...body, ...terms } };
      session.showDone(await session.call('POST /admin/v1/subscriptions', parts));
    }),
  );
}

interface Change extends PriceOptions {
  product?: string;
  productPrice?: boolean;
  end?: string;
  withoutEnd?: boolean;
  keep?: boolean;
}

function addChange(subscriptions: Command, run: Run): void {
  const change = subscriptions
    .command('change <id>')
    .description('change what is billed, from the next period on')
    .option('--product <store product id>', 'another product')
    .option('--product-price', 'the product’s price instead of one of its own')
    .option('--end <day>', 'first Seoul day it is over, such as 2027-12-01')
    .option('--without-end', 'it goes on')
    .option('--keep', 'take back a cancellation at the period’s end');
  for (const option of priceOptions()) change.addOption(option);
  change.addOption(yesOption());
  covers(change, 'PATCH /admin/v1/subscriptions/{id}').action(
    run(async (session, id: string, stated: Change) => {
      const price = stated.productPrice === true ? null : priceOf(stated);
      const endsOn = stated.withoutEnd === true ? null : stated.end;
      const cancelAtPeriodEnd = stated.keep === true ? false : undefined;
      const body = { storeProductId: stated.product, priceOverride: price, endsOn, cancelAtPeriodEnd };
      const path = { id };
      await session.confirm(async () => {
        const found = (await session.call('GET /admin/v1/subscriptions/{id}', { path })) as Subscription;
        const named = Object.entries(body).filter(([, value]) => value !== undefined);
        const changes = named.map(([name, value]) => `${name} ${JSON.stringify(value)}`).join(', ');
        return `Of ${found.customerReference}, billed ${won(found.price.amount)} now, change: ${changes}.`;
      });
      session.showDone(await session.call('PATCH /admin/v1/subscriptions/{id}', { path, body }));
    }),
  );
}

function addImport(subscriptions: Command, run: Run): void {
  const partial = new Option('--partial', 'store the good lines of a file with faulty ones');
  const command = subscriptions
    .command('import <file>')
    .description('take subscriptions from a CSV file, all or none of it')
    .addOption(partial)
    .addOption(yesOption());
  covers(command, 'POST /admin/v1/subscriptions/import', { partial }).action(
    run(async (session, file: string, { partial: some }: { partial?: boolean }) => {
      const body = await contentOf(file);
      await session.confirm(() => Promise.resolve(`Store the subscriptions of ${file}; they are billed from then on.`));
      const parts = { query: some === true ? { partial: true } : {}, headers: { 'content-type': 'text/csv' } };
      const report = await session.call('POST /admin/v1/subscriptions/import', { ...parts, body, isRaw: true });
      session.showThing(report as object);
    }),
  );
}

async function tokenIn(file: string): Promise<string> {
  try {
    return (await readFile(file === '-' ? '/dev/stdin' : file, 'utf8')).trim();
  } catch {
    throw new UsageError(`${file} can’t be read.`);
  }
}
