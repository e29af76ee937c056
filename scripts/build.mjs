import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { exclusively } from './exclusive.mjs';

const SOURCES = ['src', 'migrations', 'simulator', 'demo', 'bench', 'client/src', 'cli', 'test/support', 'test/faults'];
const CONFIGURATION = ['nest-cli.json', '.swcrc', 'tsconfig.json', 'package-lock.json'];

/** Compiles the sources, unless what is compiled is newer. An image has no sources to compile. */
export async function build(root) {
  if (!existsSync(join(root, 'nest-cli.json')) || isBuilt(root)) return;
  await exclusively(join(root, '.building'), () => {
    if (isBuilt(root)) return;
    process.stderr.write('Building …\n');
    const result = spawnSync(join(root, 'node_modules', '.bin', 'nest'), ['build'], { cwd: root, encoding: 'utf8' });
    if (result.status !== 0) {
      throw new Error(`the build failed:\n${result.stdout ?? ''}${result.stderr ?? ''}${result.error?.message ?? ''}`);
    }
    writeFileSync(stampOf(root), '');
  });
}

function isBuilt(root) {
  const stamp = stampOf(root);
  if (!existsSync(stamp)) return false;
  const builtMs = statSync(stamp).mtimeMs;
  const newest = Math.max(
    ...SOURCES.map((name) => newestMs(join(root, name))),
    ...CONFIGURATION.map((name) => statSync(join(root, name)).mtimeMs),
  );
  return newest < builtMs;
}

function newestMs(path) {
  if (!existsSync(path)) return 0;
  const { mtimeMs } = statSync(path);
  const inside = readdirSync(path, { withFileTypes: true }).map((entry) => {
    const child = join(path, entry.name);
    return entry.isDirectory() ? newestMs(child) : statSync(child).mtimeMs;
  });
  return Math.max(mtimeMs, ...inside);
}

function stampOf(root) {
  return join(root, 'dist', '.built');
}
