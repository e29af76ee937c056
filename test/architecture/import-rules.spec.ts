import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';

const repository = resolve(__dirname, '../..');
const run = promisify(execFile);

/** One file that breaks each rule: a rule that can't fail is no rule. */
const OFFENDERS: Record<string, Record<string, string>> = {
  'kernel-imports-nothing': { 'src/kernel/a.ts': "import 'node:fs';" },
  'kernel-looks-down': { 'src/kernel/a.ts': "import '../config/b';", 'src/config/b.ts': 'export {};' },
  'platform-looks-down': { 'src/platform/a/index.ts': "import '../../charge';", 'src/charge/index.ts': 'export {};' },
  'bulk-payment-looks-down': {
    'src/bulk-payment/a.ts': "import '../subscription';",
    'src/subscription/index.ts': 'export {};',
  },
  'notification-never-a-gateway': {
    'src/notification/a.ts': "import '../gateways/tstore';",
    'src/gateways/tstore/index.ts': 'export {};',
  },
  'features-meet-at-their-index': {
    'src/bulk-payment/a.ts': "import '../charge/inner';",
    'src/charge/inner.ts': 'export {};',
  },
  'gateways-meet-at-their-index': {
    'src/bulk-payment/a.ts': "import '../gateways/tstore/wire';",
    'src/gateways/tstore/wire.ts': 'export {};',
  },
  'platform-meets-at-its-index': {
    'src/charge/a.ts': "import '../platform/clock/clock';",
    'src/platform/clock/clock.ts': 'export {};',
  },
  'controllers-never-touch-repositories': {
    'src/admin/a.controller.ts': "import './a.repository';",
    'src/admin/a.repository.ts': 'export {};',
  },
  'service-never-imports-simulator': {
    'src/charge/a.ts': "import '../../simulator';",
    'simulator/index.ts': 'export {};',
  },
  'nobody-imports-simulator-or-test': { 'src/charge/a.ts': "import '../../test/b';", 'test/b.ts': 'export {};' },
  'simulator-knows-only-the-wire': { 'simulator/a.ts': "import '../src/kernel/b';", 'src/kernel/b.ts': 'export {};' },
  'no-cycles': {
    'src/charge/a.ts': "import { b } from './b'; export const a = b;",
    'src/charge/b.ts': "import { a } from './a'; export const b = a;",
  },
  'no-orphans': { 'src/charge/lonely.ts': 'export {};' },
};

describe('import rules', () => {
  let directory: string;

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'import-rules-'));
    await cp(join(repository, '.dependency-cruiser.cjs'), join(directory, '.dependency-cruiser.cjs'));
    await cp(join(repository, 'tsconfig.json'), join(directory, 'tsconfig.json'));
    await symlink(join(repository, 'node_modules'), join(directory, 'node_modules'));
  });

  afterAll(() => rm(directory, { recursive: true, force: true }));

  async function brokenRules(name: string, files: Record<string, string>): Promise<string[]> {
    const root = join(directory, name);
    for (const [path, content] of Object.entries(files)) {
      await mkdir(dirname(join(root, path)), { recursive: true });
      await writeFile(join(root, path), content);
    }
    await mkdir(join(root, 'src'), { recursive: true });
    const cruiser = join(repository, 'node_modules/dependency-cruiser/bin/dependency-cruise.mjs');
    const config = join(directory, '.dependency-cruiser.cjs');
    const folders = [...new Set(Object.keys(files).map((path) => path.split('/', 1)[0] as string))];
    const args = [
      cruiser,
      '--config',
      config,
      '--ts-config',
      join(directory, 'tsconfig.json'),
      '-T',
      'json',
      ...folders,
    ];
    const { stdout } = await run('node', args, { cwd: root }).catch((error: { stdout: string }) => error);
    const report = JSON.parse(stdout) as { summary: { violations: { rule: { name: string } }[] } };
    return report.summary.violations.map((violation) => violation.rule.name);
  }

  it.each(Object.keys(OFFENDERS))('%s can fail', async (name) => {
    expect(await brokenRules(name, OFFENDERS[name] ?? {})).toContain(name);
  });
});
