import { SECOND_CLIENT } from '../simulator';
import type { JobAnswer } from './admin-client';
import type { DemoParts } from './parts';
import { row } from './reckoning';
import { PRODUCTS } from './seed';

const ACCOUNT = 'second-brand';

/**
 * Gives the merchant a second contract with T store, another client with a merchant id of its own, and has the last of the
 * products collected by it. Done again, it changes nothing.
 */
export async function collectBySecondAccount({ administrator, client, print }: DemoParts): Promise<void> {
  const { clientId, clientSecret, bid, mid } = SECOND_CLIENT;
  const made = await administrator.act('POST', 'gateway-accounts', {
    ...{ id: ACCOUNT, gateway: 'tstore', label: 'Second brand', identifiers: { bid, mid } },
    credentials: { clientId, clientSecret },
  });
  const collected = PRODUCTS.at(-1);
  const { items } = await client.read<{ items: { id: string; storeProductId: string }[] }>('products');
  const product = items.find(({ storeProductId }) => storeProductId === collected?.storeProductId);
  if (product === undefined) throw new Error(`there is no product ${collected?.storeProductId}`);
  await client.act('PATCH', `products/${product.id}`, { gatewayAccount: ACCOUNT });
  if (made.done) {
    print(`Made a second gateway account (가맹점 계정), ${ACCOUNT}:`);
    print(`  it collects ${collected?.name} as mid ${mid}.`);
  }
}

/** What each account has collected, a line each. */
export function paidByAccount(jobs: readonly JobAnswer[]): string[] {
  const accounts = [...new Set(jobs.map(({ gatewayAccount }) => gatewayAccount))].sort();
  return accounts.map((account) => {
    const paid = jobs.flatMap(({ gatewayAccount, result }) =>
      gatewayAccount === account ? (result?.totals?.paid ?? []) : [],
    );
    const count = paid.reduce((sum, tally) => sum + tally.count, 0);
    const amount = paid.reduce((sum, tally) => sum + tally.amount, 0);
    return row(`paid by account ${account}`, { count, amount });
  });
}
