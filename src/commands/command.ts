import { join } from 'node:path';
import type { Configuration } from '../config';
import { messageOf } from '../kernel/errors';
import { startEmbeddedPostgres } from '../platform/embedded-postgres';

/** Runs a command a person typed: `--help` shows what it does, and an error is one clear message and status 1. */
export async function runCommand(help: string, work: (print: (line: string) => void) => Promise<void>): Promise<void> {
  const [option] = process.argv.slice(2);
  if (option === '--help') {
    process.stdout.write(help);
    return;
  }
  try {
    if (option !== undefined) throw new Error(`unknown option ${option}; see --help`);
    await work((line) => process.stdout.write(`${line}\n`));
  } catch (error) {
    process.stderr.write(`${messageOf(error)}\n`);
    process.exitCode = 1;
  }
}

/** Gives the address of the configured database, or starts the embedded one for as long as the work takes. */
export async function withDatabaseUrl<Result>(
  { database, storage }: Configuration,
  print: (line: string) => void,
  work: (url: string) => Promise<Result>,
): Promise<Result> {
  if (database.url !== undefined) return work(database.url);
  const embedded = await startEmbeddedPostgres({ directory: join(storage.directory, 'postgres'), log: print });
  try {
    return await work(embedded.url);
  } finally {
    await embedded.stop();
  }
}
