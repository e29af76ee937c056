import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const root = join(__dirname, '../..');

interface Manifest {
  version: string;
  main: string;
  types: string;
  license: string;
  dependencies: Record<string, string>;
}

const manifestOf = (folder: string) => JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Manifest;

describe('the client’s package', () => {
  let folder: string;
  let project: string;

  beforeAll(() => {
    // Apart from the checkout: what is tested is what is packed, and nothing is left behind.
    folder = mkdtempSync(join(tmpdir(), 'client-'));
    project = mkdtempSync(join(tmpdir(), 'project-'));
    cpSync(join(root, 'client/src'), join(folder, 'client/src'), { recursive: true });
    for (const file of [
      'client/package.json',
      'client/tsconfig.json',
      'client/LICENSE',
      'client/README.md',
      'tsconfig.json',
    ]) {
      cpSync(join(root, file), join(folder, file));
    }
    symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
  });

  afterAll(() => {
    for (const made of [folder, project]) rmSync(made, { recursive: true });
  });

  it('is typed by the OpenAPI document as it is (npm run openapi)', () => {
    const generator = join(root, 'node_modules/.bin/openapi-typescript');
    const generated = execFileSync(generator, ['docs/openapi.json'], { cwd: root, encoding: 'utf8' });
    expect(readFileSync(join(root, 'client/src/schema.ts'), 'utf8')).toBe(generated);
  });

  it('packs what its manifest names', () => {
    const { main, types } = manifestOf(join(folder, 'client'));
    const [packed] = JSON.parse(
      execFileSync('npm', ['pack', '--json'], { cwd: join(folder, 'client'), encoding: 'utf8' }),
    ) as [{ filename: string; files: { path: string }[] }];
    const paths = packed.files.map(({ path }) => path);
    expect(paths).toEqual(
      expect.arrayContaining([main, types, 'dist/schema.d.ts', 'package.json', 'LICENSE', 'README.md']),
    );
    expect(paths.filter((path) => path.startsWith('src/'))).toEqual([]);
    expect(readFileSync(join(root, 'client/LICENSE'), 'utf8')).toBe(readFileSync(join(root, 'LICENSE'), 'utf8'));
    install(packed.filename);
  });

  /** As npm would put it into a fresh project, but without asking a registry for the packages it needs. */
  function install(packed: string): void {
    const packages = join(project, 'node_modules');
    const own = join(packages, 'tstore-merchant-billing-client');
    mkdirSync(own, { recursive: true });
    execFileSync('tar', ['-xzf', join(folder, 'client', packed), '-C', own, '--strip-components=1']);
    const needed = Object.keys(manifestOf(own).dependencies);
    for (const name of needed) {
      needed.push(...Object.keys(manifestOf(join(root, 'node_modules', name)).dependencies ?? {}));
      cpSync(join(root, 'node_modules', name), join(packages, name), { recursive: true });
    }
  }

  it('works in a project that has nothing else, with its types', () => {
    const use = (created: string): string => `
      import { ApiProblem, createClient, type Schema } from 'tstore-merchant-billing-client';
      const api = createClient({ baseUrl: 'https://billing.example.com', apiKey: 'k' });
      export const charge = async (): Promise<Schema<'ChargeView'>['amount'] | undefined> =>
        (await api.GET('/admin/v1/charges/{orderNo}', { params: { path: { orderNo: '1' } } })).data?.${created};
      console.log(typeof api.GET, typeof ApiProblem);`;
    writeFileSync(join(project, 'use.mts'), use('amount'));
    writeFileSync(join(project, 'wrong.mts'), use('amont'));
    const compiled = (file: string) =>
      spawnSync(
        join(root, 'node_modules/.bin/tsc'),
        [
          '--module',
          'nodenext',
          '--target',
          'es2022',
          '--strict',
          '--types',
          'node',
          '--typeRoots',
          join(root, 'node_modules/@types'),
          file,
        ],
        { cwd: project, encoding: 'utf8' },
      );
    expect(compiled('use.mts')).toMatchObject({ status: 0, stdout: '' });
    expect(compiled('wrong.mts').stdout).toContain('amont');
    const printed = execFileSync(process.execPath, ['use.mjs'], { cwd: project, encoding: 'utf8' });
    expect(printed.trim()).toBe('function function');
  });

  it('can be required by a program that knows nothing of TypeScript', () => {
    const program = `
      const { ApiProblem, createClient } = require('./client');
      const api = createClient({ baseUrl: 'https://billing.example.com', apiKey: 'k' });
      console.log(typeof api.GET, typeof ApiProblem);`;
    const printed = execFileSync(process.execPath, ['-e', program], { cwd: folder, encoding: 'utf8' });
    expect(printed.trim()).toBe('function function');
  });

  it('asks for the packages it is tested with, and has the version of the service', () => {
    const [client, service] = [manifestOf(join(root, 'client')), manifestOf(root)];
    expect(client.version).toBe(service.version);
    for (const [name, version] of Object.entries(client.dependencies)) {
      expect([name, version]).toEqual([name, service.dependencies[name]]);
    }
  });
});
