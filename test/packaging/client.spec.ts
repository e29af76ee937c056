import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const root = join(__dirname, '../..');

interface Manifest {
  version: string;
  main: string;
  types: string;
  dependencies: Record<string, string>;
}

const manifestOf = (folder: string) => JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Manifest;

describe('the client’s package', () => {
  let folder: string;

  beforeAll(() => {
    // Apart from the checkout: what is tested is what is packed, and nothing is left behind.
    folder = mkdtempSync(join(tmpdir(), 'client-'));
    cpSync(join(root, 'client/src'), join(folder, 'client/src'), { recursive: true });
    for (const file of ['client/package.json', 'client/tsconfig.json', 'tsconfig.json']) {
      cpSync(join(root, file), join(folder, file));
    }
    symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
    execFileSync(join(root, 'node_modules/.bin/tsc'), ['-p', 'client'], { cwd: folder });
  });

  afterAll(() => rmSync(folder, { recursive: true }));

  it('is typed by the OpenAPI document as it is (npm run openapi)', () => {
    const generator = join(root, 'node_modules/.bin/openapi-typescript');
    const generated = execFileSync(generator, ['docs/openapi.json'], { cwd: root, encoding: 'utf8' });
    expect(readFileSync(join(root, 'client/src/schema.ts'), 'utf8')).toBe(generated);
  });

  it('packs what its manifest names', () => {
    const { main, types } = manifestOf(join(folder, 'client'));
    const [packed] = JSON.parse(
      execFileSync('npm', ['pack', '--dry-run', '--json'], { cwd: join(folder, 'client'), encoding: 'utf8' }),
    ) as [{ files: { path: string }[] }];
    const paths = packed.files.map(({ path }) => path);
    expect(paths).toEqual(expect.arrayContaining([main, types, 'dist/schema.d.ts', 'package.json']));
    expect(paths.filter((path) => path.startsWith('src/'))).toEqual([]);
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
