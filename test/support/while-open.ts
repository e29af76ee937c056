import type { Database, SqlSession } from '../../src/platform/database';

/**
 * Keeps a transaction of somebody else open while other things are done, by who holds no connection of it; then it is committed.
 *
 * @param begun what that transaction has done
 * @param isUndone whether it is rolled back instead
 */
export async function whileOpen(
  database: Database,
  begun: (session: SqlSession) => Promise<unknown>,
  others: () => Promise<unknown>,
  isUndone = false,
): Promise<void> {
  let goOn: () => void = () => undefined;
  const over = new Promise<void>((resolve) => (goOn = resolve));
  const undone = new Error('undone');
  let transaction: Promise<unknown> = Promise.resolve();
  const isOpen = new Promise<void>((resolve, reject) => {
    transaction = database.transaction(async (session) => {
      await begun(session);
      resolve();
      await over;
      if (isUndone) throw undone;
    });
    transaction.catch(reject);
  });
  try {
    await isOpen;
    await others();
  } finally {
    goOn();
    await transaction.catch((error: unknown) => {
      if (error !== undone) throw error;
    });
  }
}
