import { Option, type Command } from 'commander';
import type { Schema } from '../../client/src';
import { addList, addShow } from '../declare';
import { UsageError } from '../exit';
import { covers } from '../operations';
import { priceOf, priceOptions, yesOption, type PriceOptions } from '../options';
import type { Run } from '../session';
import type { Column } from '../table';
import { seoulTime, won } from '../words';

type Product = Schema<'ProductView'>;

const COLUMNS: readonly Column<Product>[] = [
  ['id', (product) => product.id, { right: true }],
  ['store id', (product) => product.storeProductId],
  ['name', (product) => product.name, { wraps: true }],
  ['price', (product) => won(product.price.amount), { right: true }],
  ['sold', (product) => (product.active ? 'yes' : 'no')],
  ['created', (product) => seoulTime(product.createdAt), { spare: true }],
  ['account', (product) => product.gatewayAccount, { spare: true }],
  ['billing group', (product) => product.billingGroup || null, { spare: true }],
];

export function addProductCommands(program: Command, run: Run): void {
  const products = program.command('products').description('what is sold (상품)');
  addList(products, run, {
    name: 'list',
    does: 'products, newest first',
    operation: 'GET /admin/v1/products',
    columns: COLUMNS,
    filters: { active: new Option('--active <yes>', 'true: only those that are sold').choices(['true', 'false']) },
  });
  addShow(products, run, {
    name: 'show <id>',
    does: 'a product with its history',
    operation: 'GET /admin/v1/products/{id}',
  });
  const create = products
    .command('create <name>')
    .description('sell something new')
    .requiredOption('--store-id <id>', 'its id at T store, such as 0910024116, or one of your own')
    .option('--account <id>', 'the gateway account that collects it; tstore unless stated');
  for (const option of priceOptions()) create.addOption(option);
  covers(create, 'POST /admin/v1/products', {}, '--carrier <won>').action(
    run(async (session, name: string, stated: PriceOptions & { storeId: string; account?: string }) => {
      const price = priceOf(stated);
      if (price === undefined)
        throw new UsageError(
          'State its price: --carrier, --card or --membership; or --amount, of what another gateway collects.',
        );
      const parts = { body: { storeProductId: stated.storeId, name, price, gatewayAccount: stated.account } };
      session.showDone(await session.call('POST /admin/v1/products', parts));
    }),
  );
  addChange(products, run);
}

interface Change extends PriceOptions {
  name?: string;
  active?: 'true' | 'false';
  billingGroup?: string;
  account?: string;
}

function addChange(products: Command, run: Run): void {
  const change = products
    .command('change <id>')
    .description('change a product; its price is charged from the next period on')
    .option('--name <text>', 'another name')
    .addOption(new Option('--active <yes>', 'false: neither sold nor billed any more').choices(['true', 'false']))
    .option('--billing-group <text>', 'products of one group share bulk payment jobs')
    .option('--account <id>', 'the gateway account that collects it from the next run on');
  for (const option of priceOptions()) change.addOption(option);
  change.addOption(yesOption());
  covers(change, 'PATCH /admin/v1/products/{id}').action(
    run(async (session, id: string, { name, active, billingGroup, account, ...parts }: Change) => {
      const price = priceOf(parts);
      const path = { id };
      await session.confirm(async () => {
        const product = (await session.call('GET /admin/v1/products/{id}', { path })) as Product;
        const changes = [
          ...(price === undefined ? [] : [`its subscribers pay ${won(price.amount)} from their next period on`]),
          ...(active === undefined
            ? []
            : [active === 'true' ? 'it is sold and billed' : 'it is neither sold nor billed']),
          ...(name === undefined ? [] : [`it is called ${name}`]),
          ...(account === undefined ? [] : [`the gateway account ${account} collects it`]),
          ...(billingGroup === undefined ? [] : [`its billing group is ${billingGroup || 'none'}`]),
        ];
        return `Change ${product.name}, ${won(product.price.amount)} now: ${changes.join('; ') || 'nothing'}.`;
      });
      const body = { name, price, billingGroup, gatewayAccount: account, active: active && active === 'true' };
      session.showDone(await session.call('PATCH /admin/v1/products/{id}', { path, body }));
    }),
  );
}
