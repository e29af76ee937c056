import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { exclusively } from './exclusive.mjs';

/** Installs the packages of the lock file, unless they are there already. An image has its own and no lock file. */
export async function install(root) {
  const lockFile = join(root, 'package-lock.json');
  if (!existsSync(lockFile) || isInstalled(root, lockFile)) return;
  await exclusively(join(root, '.installing'), async () => {
    if (isInstalled(root, lockFile)) return;
    process.stderr.write('Installing packages, once: one to three minutes …\n');
    await npmCi(root);
    writeFileSync(stampOf(root), hashOf(lockFile));
  });
}

const SAY_EVERY_SECONDS = 15;

/** Engine warnings of packages we only compile are expected; what npm says is shown when it failed. */
function npmCi(root) {
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
  const child = spawn(npm, ['ci', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: root,
    env: { ...process.env, NODE_ENV: 'development' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const said = [];
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => said.push(text));
  let seconds = 0;
  const progress = setInterval(() => {
    seconds += SAY_EVERY_SECONDS;
    process.stderr.write(`  … still installing, ${seconds} s\n`);
  }, SAY_EVERY_SECONDS * 1000);
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (status) => {
      clearInterval(progress);
      if (status === 0) resolve();
      else reject(new Error(`npm ci failed:\n${Buffer.concat(said)}`));
    });
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
