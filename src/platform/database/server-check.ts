import { Connection } from './connection';

/** The database is not one this service can work with, whoever waits; the message says why. */
export class UnfitDatabaseError extends Error {
  override readonly name = 'UnfitDatabaseError';
}

interface ServerFacts {
  encoding: string;
  session: number;
  /** Where migrations of ours ran, if not where they are looked for. */
  elsewhere: string | null;
}

const FACTS = `SELECT current_setting('server_encoding') AS encoding, pg_backend_pid() AS session,
  (SELECT min(schemaname) FROM pg_tables WHERE tablename = 'schema_migration'
   HAVING NOT bool_or(schemaname = 'public')) AS elsewhere`;

/**
 * Holds a database against what sessions can't state for themselves.
 *
 * @throws {UnfitDatabaseError} @throws the driver's error when it can't be reached
 */
export async function assertFits(url: string): Promise<void> {
  const connections = [new Connection(url), new Connection(url)] as const;
  try {
    const [one, other] = [await factsOver(connections[0]), await factsOver(connections[1])];
    if (one.encoding !== 'UTF8') {
      throw new UnfitDatabaseError(
        `its encoding is ${one.encoding}; names need UTF8 (CREATE DATABASE … ENCODING 'UTF8')`,
      );
    }
    // Both are open, so a server that gives each its own session has two.
    if (one.session === other.session) {
      throw new UnfitDatabaseError(
        'a pooler gives sessions away between transactions; LISTEN, prepared statements and session settings need ' +
          'pool_mode = session, or the address of the server itself',
      );
    }
    if (one.elsewhere !== null) {
      throw new UnfitDatabaseError(`its tables are in the schema "${one.elsewhere}"; they are looked for in "public"`);
    }
  } finally {
    for (const connection of connections) await connection.end().catch(() => undefined);
  }
}

async function factsOver(connection: Connection): Promise<ServerFacts> {
  await connection.connect();
  const { rows } = await connection.query<ServerFacts>(FACTS);
  return rows[0] as ServerFacts;
}
