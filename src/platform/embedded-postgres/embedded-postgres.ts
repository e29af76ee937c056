import { randomBytes } from 'node:crypto';
import { chownSync, existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { codeOf } from '../../kernel/errors';
import { Connection } from '../database';
import { findBinaries } from './binaries';
import { EmbeddedPostgresError } from './embedded-postgres.error';
import { PgControl } from './pg-control';
import { findPlace, type Place } from './place';
import { ServerUsers } from './users';

export interface EmbeddedPostgresSettings {
  /** Kept between starts. */
  directory: string;
  /** Further settings of the server, such as `fsync`. */
  settings?: Readonly<Record<string, string>>;
  log?: (line: string) => void;
}

export interface EmbeddedPostgres {
  /** Where it is kept: elsewhere than asked for where the account that runs it can't reach that. */
  directory: string;
  /** The database `billing`. */
  url: string;
  /** The database `postgres`, to make others from. */
  adminUrl: string;
  /** Whether another process uses it too. */
  isShared: boolean;
  /** Stops the server, unless another process that lives uses it: whoever ends last does. */
  stop(): Promise<void>;
}

const DATABASE = 'billing';
const SUPERUSER = 'postgres';

/**
 * Starts a PostgreSQL of our own, for trying things out and for tests: made at first, found again later, taken over when
 * the process that started it was killed.
 *
 * @throws {EmbeddedPostgresError} saying what to do
 */
export async function startEmbeddedPostgres(given: EmbeddedPostgresSettings): Promise<EmbeddedPostgres> {
  const { directory, settings = {}, log = () => undefined } = given;
  const place = await findPlace(await findBinaries(), directory, log);
  const cluster = join(place.directory, 'cluster');
  const control = new PgControl(place, cluster);
  if (!existsSync(join(cluster, 'PG_VERSION'))) await makeCluster(place, control, cluster);
  const users = new ServerUsers(place.directory);
  const isShared = users.enter();
  if (!(await control.isRunning())) await startServer(control, settings);
  const port = portOf(cluster);
  const password = readFileSync(join(place.directory, 'password'), 'utf8').trim();
  const urlOf = (database: string) => `postgres://${SUPERUSER}:${password}@127.0.0.1:${port}/${database}`;
  await ensureDatabase(urlOf('postgres'));
  return {
    directory: place.directory,
    url: urlOf(DATABASE),
    adminUrl: urlOf('postgres'),
    isShared,
    async stop() {
      if (users.leave()) await control.stop();
    },
  };
}

/** Made aside and renamed, so that a half-made cluster is never taken for one. */
async function makeCluster(place: Place, control: PgControl, cluster: string): Promise<void> {
  const passwordFile = join(place.directory, 'password');
  if (!existsSync(passwordFile)) {
    writeFileSync(passwordFile, `${randomBytes(24).toString('hex')}\n`, { mode: 0o600 });
    if (place.account) chownSync(passwordFile, place.account.uid, place.account.gid);
  }
  const partial = `${cluster}.${process.pid}.part`;
  await control.initialise(partial, SUPERUSER, passwordFile);
  if (existsSync(cluster)) rmSync(partial, { recursive: true });
  else renameSync(partial, cluster);
}

async function startServer(control: PgControl, settings: Readonly<Record<string, string>>): Promise<void> {
  try {
    await control.start(await freePort(), settings);
  } catch (error) {
    // Another process may have started it in the same moment.
    if (!(await control.isRunning())) throw error;
  }
}

/** The running server's port, as it wrote it down itself. */
function portOf(cluster: string): number {
  const port = Number(readFileSync(join(cluster, 'postmaster.pid'), 'utf8').split('\n')[3]);
  if (!Number.isInteger(port)) throw new EmbeddedPostgresError(`${cluster}/postmaster.pid names no port`);
  return port;
}

async function ensureDatabase(adminUrl: string): Promise<void> {
  const client = new Connection(adminUrl);
  await client.connect();
  try {
    const { rowCount } = await client.query('SELECT FROM pg_database WHERE datname = $1', [DATABASE]);
    if (rowCount === 0) await client.query(`CREATE DATABASE ${DATABASE}`).catch(ignoreDuplicate);
  } finally {
    await client.end();
  }
}

function ignoreDuplicate(error: unknown): void {
  const code = codeOf(error);
  if (code !== '42P04' && code !== '23505') throw error;
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer().once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as AddressInfo;
      probe.close(() => resolve(port));
    });
  });
}
