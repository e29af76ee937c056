// Every npm script begins here: installs and builds what is missing, then runs the command. Plain Node, no packages.
import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from './build.mjs';
import { install } from './install.mjs';

const LEAST_NODE = [20, 19];

/**
 * Young objects get 4 MB instead of 16: a stream of short-lived lines is collected more often, the buffers they came in go
 * with them, and the process stays 70 MB smaller. With 2 MB, pages of the admin API took a seventh longer. The Dockerfile
 * says the same.
 */
const NODE_FLAGS = ['--max-semi-space-size=4'];

/**
 * A worker of the tests loads the whole service for nearly every spec file: of young objects, few of which stay, it had
 * copied so many again and again that a tenth of its time went there.
 */
const TEST_FLAGS = ['--max-semi-space-size=64'];

/** Where Node can keep what it compiled (from 22.1), each start but the first is a quarter shorter. */
const COMPILE_CACHE = 'node_modules/.cache/compiled';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const bin = (name) => join(root, 'node_modules', '.bin', name);

/** What each command runs; those that are compiled are built first. */
const COMMANDS = {
  start: { built: true, reads: true, steps: [['node', 'dist/src/main.js']] },
  demo: { built: true, steps: [['node', 'dist/demo/main.js']] },
  simulator: { built: true, steps: [['node', 'dist/simulator/main.js']] },
  migrate: { built: true, reads: true, steps: [['node', 'dist/src/commands/migrate.js']] },
  reencrypt: { built: true, reads: true, steps: [['node', 'dist/src/commands/reencrypt.js']] },
  openapi: {
    built: true,
    steps: [
      ['node', 'dist/src/commands/openapi.js'],
      [bin('openapi-typescript'), 'docs/openapi.json', '-o', 'client/src/schema.ts'],
    ],
  },
  // An npm package of its own, for those who integrate.
  client: { steps: [[bin('tsc'), '-p', 'client']] },
  cli: { built: true, reads: true, steps: [['node', 'dist/cli/main.js']] },
  bench: { built: true, steps: [['node', 'dist/bench/main.js']] },
  // Tests start processes of what is built.
  test: {
    built: true,
    steps: [['node', ...TEST_FLAGS, 'node_modules/jest/bin/jest.js']],
    quick: ['--config', 'jest.quick.config.js'],
  },
  'official-client': { steps: [[bin('jest'), '--config', 'test/contract/official-client/jest.config.js']] },
  faults: { built: true, steps: [['node', 'dist/test/faults/main.js']] },
  build: { built: true, steps: [] },
  format: { steps: [[bin('prettier'), '--write', '.']] },
  check: {
    steps: [
      [bin('prettier'), '--check', '--log-level', 'warn', '.'],
      [bin('eslint'), '.'],
      [bin('tsc'), '--noEmit', '-p', '.'],
      [bin('tsc'), '--noEmit', '-p', 'client'],
      [
        bin('depcruise'),
        '--config',
        '.dependency-cruiser.cjs',
        'src',
        'simulator',
        'migrations',
        'demo',
        'bench',
        'client/src',
        'cli',
      ],
    ],
    all: true,
  },
};

async function main() {
  const [name, ...args] = process.argv.slice(2);
  const command = COMMANDS[name];
  if (command === undefined) throw new Error(`usage: npm run ${Object.keys(COMMANDS).join('|')} [-- OPTIONS]`);
  requireNode();
  await install(root);
  if (command.built) await build(root);
  if (command.reads) readEnvFile();
  if (name === 'cli') useTrial();
  const given = args.flatMap((option) => (option === '--quick' && command.quick) || [option]);
  const failed = [];
  for (const step of command.steps) {
    const code = await run(step[0], [...step.slice(1), ...given]);
    if (code !== 0 && !command.all) process.exit(code);
    if (code !== 0) failed.push(step[0].split(/[\\/]/).at(-1));
    else if (command.all) process.stdout.write(`✔ ${step[0].split(/[\\/]/).at(-1)}\n`);
  }
  if (failed.length > 0) {
    process.stderr.write(`✘ failed: ${failed.join(', ')}\n`);
    process.exit(1);
  }
}

/** What `.env` says counts where the environment says nothing. */
function readEnvFile() {
  const file = join(root, '.env');
  if (existsSync(file)) process.loadEnvFile(file);
}

/** The operators' program finds the service that is tried out on this clone's data by itself, and the first key of it. */
function useTrial() {
  const { env } = process;
  if (env.MERCHANT_BILLING_URL || (env.ENVIRONMENT || 'simulator') !== 'simulator') return;
  const read = (name) => {
    const file = resolve(root, env.DATA_DIR || '.data', name);
    return existsSync(file) ? readFileSync(file, 'utf8').trim() : undefined;
  };
  const made = env.ENCRYPTION_KEYS ? undefined : read('trial-keys.json');
  const first = env.ADMIN_BOOTSTRAP_KEY || (made && JSON.parse(made).ADMIN_BOOTSTRAP_KEY);
  if (!first) return;
  const noted = env.DATABASE_URL ? undefined : read('service-address');
  env.MERCHANT_BILLING_URL = noted ?? `http://127.0.0.1:${env.PORT || '8080'}`;
  env.MERCHANT_BILLING_API_KEY ||= first;
}

function requireNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > LEAST_NODE[0] || (major === LEAST_NODE[0] && minor >= LEAST_NODE[1])) return;
  throw new Error(`Node ${LEAST_NODE.join('.')} or newer is needed; this is ${process.versions.node}`);
}

/** Runs a program to its end. Signals reach it once: npm and the terminal may both send them to us. */
function run(program, args) {
  const file = program === 'node' ? process.execPath : program;
  const script = args.find((argument) => /\.[cm]?[jt]s$/.test(argument));
  if (program === 'node' && !existsSync(join(root, script)))
    throw new Error(`${script} does not exist in this version`);
  return new Promise((resolve, reject) => {
    // A group of its own, so that Ctrl-C reaches the program through us alone.
    const child = spawn(file, program === 'node' ? [...NODE_FLAGS, ...args] : args, {
      cwd: root,
      env: { NODE_COMPILE_CACHE: join(root, COMPILE_CACHE), ...process.env },
      stdio: 'inherit',
      detached: process.platform !== 'win32',
    });
    const forward = once((signal) => child.kill(signal));
    process.on('SIGINT', forward);
    process.on('SIGTERM', forward);
    // A terminal that is closed tells only us: the child is in a group of its own.
    process.on('SIGHUP', () => forward('SIGTERM'));
    endWithNpm(() => forward('SIGTERM'));
    child.once('error', reject);
    child.once('exit', (code, signal) => resolve(signal === null ? (code ?? 1) : 1));
  });
}

const LOOK_FOR_NPM_MS = 500;

/** npm hands a signal to its shell at most, and a kill to nobody: when npm or that shell is gone, so are we. */
function endWithNpm(end) {
  if (process.env.npm_lifecycle_event === undefined || process.platform === 'win32') return;
  const ancestors = () => `${process.ppid} ${parentOf(process.ppid)}`;
  const first = ancestors();
  const look = setInterval(() => {
    if (ancestors() === first) return;
    clearInterval(look);
    end();
  }, LOOK_FOR_NPM_MS);
  look.unref();
}

/** As Linux tells it; elsewhere only our own parent is known. */
function parentOf(pid) {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1];
  } catch {
    return '';
  }
}

/** A second signal within this time is the same one on another way; later it is a person who means it. */
const SAME_SIGNAL_MS = 1_000;

function once(act) {
  let last = -Infinity;
  return (signal) => {
    const now = performance.now();
    if (now - last > SAME_SIGNAL_MS) act(signal);
    last = now;
  };
}

main().catch((error) => {
  process.stderr.write(`${error.message}\n`);
  process.exit(1);
});
