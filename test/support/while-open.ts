import type { SqlTransaction } from '../../src/platform/database';

interface Transactions {
  transaction<Result>(work: (session: SqlTransaction) => Promise<Result>): Promise<Result>;
}

/**
 * Holds a transaction open while others act, on connections of theirs: `meanwhile` is nothing that the transaction does, but for that
 * its failure rolls it back.
 */
export async function whileOpen(
  database: Transactions,
  begin: (session: SqlTransaction) => Promise<unknown>,
  meanwhile: () => Promise<unknown>,
): Promise<void> {
  let begun = (): void => undefined;
  // Continued from here, not from within the transaction, so that what it asks for is not asked for in there.
  const others = new Promise<void>((resolve) => (begun = resolve)).then(meanwhile);
  await database.transaction(async (session) => {
    await begin(session);
    begun();
    await others;
  });
}
