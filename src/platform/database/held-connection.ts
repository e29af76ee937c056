import { AsyncLocalStorage } from 'node:async_hooks';

/** A transaction that is open: its connection is given back when it is over. */
interface Holder {
  isOver: boolean;
}

let holders: AsyncLocalStorage<Holder> | undefined;

/**
 * From now on, whoever has a transaction open and asks the pool for another connection gets an error. As many of them at once as
 * the pool has connections would wait for one another for ever; alone, each gets its second one and nobody notices. Tests say so before anything
 * else; the service does not, where one that waits a moment is better than one that fails.
 */
export function refuseSecondConnections(): void {
  holders ??= new AsyncLocalStorage();
}

/** Runs a transaction, which holds a connection as long. */
export async function holdingConnection<Result>(transaction: () => Promise<Result>): Promise<Result> {
  if (holders === undefined) return transaction();
  const holder: Holder = { isOver: false };
  try {
    return await holders.run(holder, transaction);
  } finally {
    holder.isOver = true;
  }
}

/** @throws {Error} where a transaction is open, and such a thing is refused */
export function assertHoldsNoConnection(): void {
  // What a transaction has set going, and nobody waited for, may ask when it is over.
  if (holders?.getStore()?.isOver !== false) return;
  throw new Error('asked the pool for a second connection inside a transaction: use its session');
}
