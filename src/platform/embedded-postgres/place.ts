import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, chownSync, cpSync, existsSync, mkdirSync, realpathSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { EmbeddedPostgresError } from './embedded-postgres.error';

const run = promisify(execFile);

/** The operating system's account PostgreSQL runs under when we are root, which it refuses to be. */
export interface Account {
  uid: number;
  gid: number;
}

/** Where a cluster and its binaries are, for the account that runs them. */
export interface Place {
  account: Account | undefined;
  binaries: string;
  /** Holds the cluster, its password and its log. */
  directory: string;
}

const ACCOUNT_NAME = 'postgres';
/** A clone under `/root` is closed to every other account, so there the server and its data live here. */
const OPEN_DIRECTORY = '/var/lib/tstore-merchant-billing';

/**
 * Finds an account and a place PostgreSQL can run with. For an ordinary user both are as given. For root it is the
 * account `postgres`, made if missing, and a place that account can reach.
 *
 * @throws {EmbeddedPostgresError}
 */
export async function findPlace(binaries: string, directory: string, log: (line: string) => void): Promise<Place> {
  mkdirSync(directory, { recursive: true });
  // Its own only: closed parents would shut out the account that runs the server.
  chmodSync(directory, 0o700);
  const wanted = realpathSync(directory);
  if (process.getuid?.() !== 0) return { account: undefined, binaries, directory: wanted };
  const account = await accountForRoot();
  chownSync(wanted, account.uid, account.gid);
  if ((await canReach(account, wanted)) && (await canReach(account, binaries))) {
    return { account, binaries, directory: wanted };
  }
  return movedToOpenDirectory(account, binaries, wanted, log);
}

async function accountForRoot(): Promise<Account> {
  const existing = await lookUpAccount();
  if (existing) return existing;
  try {
    await run('useradd', [
      '--system',
      '--user-group',
      '--no-create-home',
      '--shell',
      '/usr/sbin/nologin',
      ACCOUNT_NAME,
    ]);
  } catch (error) {
    throw new EmbeddedPostgresError(
      'PostgreSQL does not run as root and the account "postgres" can’t be made: run as an ordinary user or set DATABASE_URL',
      { cause: error },
    );
  }
  const made = await lookUpAccount();
  if (made) return made;
  throw new EmbeddedPostgresError('the account "postgres" was made but is not found: set DATABASE_URL');
}

async function lookUpAccount(): Promise<Account | undefined> {
  try {
    const [uid, gid] = await Promise.all([run('id', ['-u', ACCOUNT_NAME]), run('id', ['-g', ACCOUNT_NAME])]);
    return { uid: Number(uid.stdout), gid: Number(gid.stdout) };
  } catch {
    return undefined;
  }
}

async function canReach(account: Account, path: string): Promise<boolean> {
  return run('/bin/sh', ['-c', 'test -x "$1"', 'sh', path], { ...account, cwd: '/' }).then(
    () => true,
    () => false,
  );
}

function movedToOpenDirectory(account: Account, binaries: string, wanted: string, log: (line: string) => void): Place {
  const runtime = join(OPEN_DIRECTORY, `runtime-${shortHash(binaries)}`);
  const directory = join(OPEN_DIRECTORY, shortHash(wanted));
  log(`the account "postgres" can’t reach ${wanted}; the embedded PostgreSQL keeps its data in ${directory}`);
  mkdirSync(directory, { recursive: true, mode: 0o755 });
  chownSync(directory, account.uid, account.gid);
  if (!existsSync(runtime)) {
    // Copied aside and renamed, so that a copy cut short is not taken for a whole one.
    const partial = `${runtime}.${process.pid}.part`;
    cpSync(binaries, partial, { recursive: true, verbatimSymlinks: true });
    if (existsSync(runtime)) rmSync(partial, { recursive: true });
    else renameSync(partial, runtime);
  }
  return { account, binaries: runtime, directory };
}

function shortHash(path: string): string {
  return createHash('sha256').update(path).digest('hex').slice(0, 12);
}
