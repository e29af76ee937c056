import { join } from 'node:path';
import { parseArgs, type ParseArgsConfig } from 'node:util';
import { makeDataDirectory, type Configuration } from '../config';
import { messageOf } from '../kernel/errors';
import { startEmbeddedPostgres } from '../platform/embedded-postgres';

/** Values of the options that were given, by name. */
type Options<Name extends string> = Partial<Record<Name, string>>;

/**
 * Runs a command a person typed: `--help` shows what it does, and an error is one clear message and status 1.
 *
 * @param names of options that take a value: `--name value` or `--name=value`
 */
export async function runCommand<Name extends string = never>(
  help: string,
  work: (print: (line: string) => void, options: Options<Name>) => Promise<void>,
  names: readonly Name[] = [],
): Promise<void> {
  try {
    const known = Object.fromEntries(names.map((name) => [name, { type: 'string' as const }]));
    const { values } = readOptions({ ...known, help: { type: 'boolean' } });
    if (values.help === true) process.stdout.write(help);
    else await work((line) => process.stdout.write(`${line}\n`), values as Options<Name>);
  } catch (error) {
    process.stderr.write(`${messageOf(error)}\n`);
    process.exitCode = 1;
  }
}

function readOptions(options: NonNullable<ParseArgsConfig['options']>): ReturnType<typeof parseArgs> {
  try {
    return parseArgs({ options, strict: true });
  } catch (error) {
    throw new Error(`${messageOf(error)}; see --help`, { cause: error });
  }
}

/** Gives the address of the configured database, or starts the embedded one for as long as the work takes. */
export async function withDatabaseUrl<Result>(
  { database, storage }: Configuration,
  print: (line: string) => void,
  work: (url: string) => Promise<Result>,
): Promise<Result> {
  if (database.url !== undefined) return work(database.url);
  makeDataDirectory(storage.directory);
  const embedded = await startEmbeddedPostgres({ directory: join(storage.directory, 'postgres'), log: print });
  try {
    return await work(embedded.url);
  } finally {
    await embedded.stop();
  }
}
