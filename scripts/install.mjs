import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { exclusively } from './exclusive.mjs';

/** Installs the packages of the lock file, unless they are there already. An image has its own and no lock file. */
export async function install(root) {
  const lockFile = join(root, 'package-lock.json');
  if (!existsSync(lockFile) || isInstalled(root, lockFile)) return;
  await exclusively(join(root, '.installing'), () => {
    if (isInstalled(root, lockFile)) return;
    process.stderr.write('Installing packages (once, about a minute) …\n');
    const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
    // Engine warnings of packages we only compile are expected; what went wrong is shown when something did.
    const result = spawnSync(npm, ['ci', '--no-audit', '--no-fund', '--loglevel=error'], {
      cwd: root,
      encoding: 'utf8',
      env: { ...process.env, NODE_ENV: 'development' },
    });
    if (result.status !== 0) {
      throw new Error(`npm ci failed:\n${result.stdout ?? ''}${result.stderr ?? ''}${result.error?.message ?? ''}`);
    }
    writeFileSync(stampOf(root), hashOf(lockFile));
  });
}

function isInstalled(root, lockFile) {
  const stamp = stampOf(root);
  return existsSync(stamp) && readFileSync(stamp, 'utf8') === hashOf(lockFile);
}

function stampOf(root) {
  return join(root, 'node_modules', '.installed');
}

function hashOf(file) {
  return createHash('sha256').update(readFileSync(file)).digest('hex');
}
