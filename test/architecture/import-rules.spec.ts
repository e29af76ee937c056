import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';

const repository = resolve(__dirname, '../..');
const run = promisify(execFile);

/** For each rule a file that breaks it, and what it says: a rule that can't fail is no rule. */
const OFFENDERS: Record<string, readonly [path: string, content: string]> = {
  'kernel-imports-nothing': ['src/kernel/reads-files.ts', "import 'node:fs';"],
  'kernel-looks-down': ['src/kernel/knows-settings.ts', "import '../config/settings';"],
  'platform-looks-down': ['src/platform/a/index.ts', "import '../../gateways';"],
  'bulk-payment-looks-down': ['src/bulk-payment/looks-up.ts', "import '../billing-run';"],
  'subscription-bulk-payment-order-are-apart': ['src/bulk-payment/knows-a-neighbour.ts', "import '../subscription';"],
  'refund-direct-payment-are-apart': ['src/refund/knows-a-neighbour.ts', "import '../direct-payment';"],
  'approval-knows-no-room': ['src/approval/knows-a-gateway.ts', "import '../gateways/tstore';"],
  'inbox-never-a-gateway': ['src/inbox/calls-out.ts', "import '../platform/a';"],
  'webhooks-call-nobody': ['src/gateways/tstore/webhook/calls-out.ts', "import '../../../platform/http-client';"],
  'line-stop-billing-token-payment-method-product-are-apart': [
    'src/product/knows-a-neighbour.ts',
    "import '../line-stop';",
  ],
  'features-meet-at-their-index': ['src/bulk-payment/reaches-in.ts', "import '../charge/inner';"],
  'gateways-behind-their-ports': ['src/charge/names-a-gateway.ts', "import '../gateways/tstore';"],
  'gateways-are-named-where-they-are-joined': ['src/gateways/shows-a-gateway.ts', "export * from './toss';"],
  'files-are-tstores': ['src/bulk-payment/names-another-gateway.ts', "import '../gateways/toss';"],
  'gateways-are-apart': ['src/gateways/tstore/knows-its-neighbours.ts', "import '../index';"],
  'platform-meets-at-its-index': ['src/charge/reaches-in.ts', "import '../platform/clock/clock';"],
  'controllers-never-touch-repositories': ['src/admin/a.controller.ts', "import './a.repository';"],
  'service-never-imports-simulator': ['src/charge/simulates.ts', "import '../../simulator';"],
  'nobody-imports-simulator-or-test': ['src/charge/tests.ts', "import '../../test/b';"],
  'simulator-knows-only-the-wire': ['simulator/knows-more.ts', "import '../src/kernel/money';"],
  'simulator-shared-knows-no-gateway': ['simulator/shared/knows-one.ts', "import '../index';"],
  'no-cycles': ['src/charge/one.ts', "import { two } from './two'; export const one = two;"],
  'no-orphans': ['src/charge/lonely.ts', 'export {};'],
};

/** What they import. */
const INNOCENT = [
  'src/kernel/money.ts',
  'src/config/settings.ts',
  'src/platform/clock/clock.ts',
  'src/platform/http-client/index.ts',
  'src/charge/index.ts',
  'src/charge/inner.ts',
  'src/direct-payment/index.ts',
  'src/subscription/index.ts',
  'src/billing-run/index.ts',
  'src/line-stop/index.ts',
  'src/gateways/index.ts',
  'src/gateways/tstore/index.ts',
  'src/gateways/toss/index.ts',
  'src/gateways/tstore/wire.ts',
  'src/admin/a.repository.ts',
  'simulator/index.ts',
  'test/b.ts',
];

describe('import rules', () => {
  let directory: string;
  let broken: { from: string; rule: { name: string } }[];

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'import-rules-'));
    for (const name of ['.dependency-cruiser.cjs', 'tsconfig.json']) {
      await cp(join(repository, name), join(directory, name));
    }
    await symlink(join(repository, 'node_modules'), join(directory, 'node_modules'));
    for (const path of INNOCENT) await write(path, 'export {};');
    for (const [path, content] of Object.values(OFFENDERS)) await write(path, content);
    await write('src/charge/two.ts', "import { one } from './one'; export const two = one;");
    broken = await cruise();
  });

  afterAll(() => rm(directory, { recursive: true, force: true }));

  async function write(path: string, content: string): Promise<void> {
    await mkdir(dirname(join(directory, path)), { recursive: true });
    await writeFile(join(directory, path), content);
  }

  async function cruise(): Promise<typeof broken> {
    const cruiser = join(repository, 'node_modules/dependency-cruiser/bin/dependency-cruise.mjs');
    const options = ['--config', '.dependency-cruiser.cjs', '--ts-config', 'tsconfig.json', '-T', 'json'];
    const { stdout } = await run('node', [cruiser, ...options, 'src', 'simulator', 'test'], { cwd: directory }).catch(
      (error: { stdout: string }) => error,
    );
    return (JSON.parse(stdout) as { summary: { violations: typeof broken } }).summary.violations;
  }

  it.each(Object.keys(OFFENDERS))('%s can fail', (name) => {
    const rulesBroken = broken.filter(({ from }) => from === OFFENDERS[name]?.[0]).map(({ rule }) => rule.name);
    expect(rulesBroken).toContain(name);
  });

  it('blame nobody who broke none', () => {
    const offenders = [...Object.values(OFFENDERS).map(([path]) => path), 'src/charge/two.ts'];
    // Nothing but an offender imports them, so the rest are orphans at most.
    const blamed = broken.filter(({ from, rule }) => !offenders.includes(from) && rule.name !== 'no-orphans');
    expect(blamed).toEqual([]);
  });
});
