import { spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { appendFile, chmod, cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { TRIAL_KEYS_FILE } from '../../src/config';
import { until } from '../support/until';

const ROOT = join(__dirname, '../..');

/** The shell commands of the page, one block each. */
async function commandsOf(page: string): Promise<string[]> {
  const source = await readFile(join(ROOT, page), 'utf8');
  return [...source.matchAll(/^```sh\n([^]*?)^```$/gm)].map((match) => match[1] as string);
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address() as AddressInfo;
  probe.close();
  return port;
}

describe('docs/quickstart.md', () => {
  let clone: string;
  let simulatorPort: number;
  /** Stated to `npm start` alone: the operators’ program finds it all the same. */
  let servicePort: number;
  const servers: { child: ChildProcess; output: string[] }[] = [];

  beforeAll(async () => {
    clone = await mkdtemp(join(tmpdir(), 'quickstart-'));
    // The embedded PostgreSQL runs under another account when the tests run as root.
    await chmod(clone, 0o755);
    await cp(join(ROOT, 'scripts'), join(clone, 'scripts'), { recursive: true });
    await cp(join(ROOT, 'package.json'), join(clone, 'package.json'));
    for (const name of ['dist', 'node_modules']) await symlink(join(ROOT, name), join(clone, name));
    // Ports that are surely free here; the rest is as a reader has it.
    simulatorPort = await freePort();
    const tstore = ['AUTH', 'API', 'PNS'].map((part) => `TSTORE_${part}_BASE_URL=http://127.0.0.1:${simulatorPort}`);
    await writeFile(join(clone, '.env'), [...tstore, ''].join('\n'));
    servicePort = await freePort();
  });

  afterAll(async () => {
    await Promise.all(servers.map(({ child }) => ended(child)));
    await rm(clone, { recursive: true, force: true });
  });

  /** As npm hands Ctrl-C on, or the system a SIGTERM: what was started ends with it, all of it. */
  async function ended(child: ChildProcess): Promise<void> {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill('SIGTERM');
    await once(child, 'close');
  }

  function inShell(command: string): ChildProcess {
    const { PATH, HOME } = process.env;
    return spawn('bash', ['-c', command], { cwd: clone, env: { PATH, HOME }, stdio: ['ignore', 'pipe', 'pipe'] });
  }

  /** Starts what goes on serving, and waits for what it says when it does. */
  async function serve(command: string, says: RegExp): Promise<ChildProcess> {
    const child = inShell(`exec ${command}`);
    const output: string[] = [];
    for (const stream of [child.stdout, child.stderr])
      stream?.on('data', (chunk: Buffer) => output.push(String(chunk)));
    servers.push({ child, output });
    await until(`${command} says ${says}`, async () => {
      if (child.exitCode !== null) throw new Error(output.join(''));
      return says.test(output.join('')) || undefined;
    });
    return child;
  }

  /** Runs what went before for its exports, silently, then the command itself. */
  async function run(command: string, exported = ''): Promise<string> {
    const child = inShell(`set -euo pipefail\n${exported}\n${command}`);
    const closed = once(child, 'close');
    const [out, error] = await Promise.all([text(child.stdout as never), text(child.stderr as never)]);
    const [code] = await closed;
    if (code !== 0) throw new Error(`${command}\n${out}${error}`);
    return out;
  }

  /** As a reader asks again. */
  const runUntil = (command: string, exported: string, says: RegExp): Promise<string> =>
    until(`it says ${says}`, async () => {
      const said = await run(command, exported);
      return says.test(said) ? said : undefined;
    });

  it('leads from a fresh clone to a bill that is paid and given back in part, and the next start goes on', async () => {
    const [simulator = '', start = '', key = '', ...rest] = await commandsOf('docs/quickstart.md');
    const [product = '', subscription = '', open = '', charges = '', inquiry = '', refund = '', refunds = ''] = rest;
    expect(rest).toHaveLength(7);
    await serve(`${simulator.trim()} --port ${simulatorPort}`, /T store simulator at/);
    const service = await serve(`env PORT=${servicePort} ${start.trim()}`, /docs\/quickstart\.md/);
    const token = await run(`${key}\nprintf %s "$MERCHANT_BILLING_API_KEY"`);
    const exported = `export MERCHANT_BILLING_API_KEY=${token}`;
    expect(await run(product, exported)).toContain('5,500 won');
    expect(await run(subscription, exported)).toContain('customer 1');
    expect(await run(open, exported)).toContain('Planned');
    expect(await runUntil(charges, exported, /Paid/)).toContain('5,500 won');
    expect(await run(inquiry, exported)).toContain('5,500 won');
    expect(await run(refund, exported)).toContain('1,000 won');
    await runUntil(refunds, exported, /Refunded/);

    await ended(service);
    const again = await serve(`env PORT=${servicePort} ${start.trim()}`, /docs\/quickstart\.md/);
    expect(await run(charges, exported)).toContain('PartiallyRefunded');

    // "From here": keys of one's own, beside those the data is encrypted under.
    await ended(again);
    const made = JSON.parse(await readFile(join(clone, '.data', TRIAL_KEYS_FILE), 'utf8'));
    const own = [
      `ENCRYPTION_KEYS=mine:${randomBytes(32).toString('base64')},${made.ENCRYPTION_KEYS}`,
      'ADMIN_BOOTSTRAP_KEY=a-first-key-of-my-own-choosing',
    ];
    await appendFile(join(clone, '.env'), `${own.join('\n')}\n`);
    await serve(`env PORT=${servicePort} ${start.trim()}`, /ADMIN_BOOTSTRAP_KEY[^]*docs\/quickstart\.md/);
    const finance = await run(`${key.replaceAll('mine', 'finance')}\nprintf %s "$MERCHANT_BILLING_API_KEY"`);
    expect(await run(charges, `export MERCHANT_BILLING_API_KEY=${finance}`)).toContain('PartiallyRefunded');
  });
});
