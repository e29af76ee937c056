import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { docTables } from '../../src/commands/doc-tables';

const TEXT = readFileSync(join(__dirname, '../../docs/admin-api.md'), 'utf8');

describe('docs/admin-api.md', () => {
  it.each(Object.entries(docTables()))('lists the %s that the code knows (npm run openapi)', (name, table) => {
    const [, listed] = new RegExp(`<!-- ${name} -->\n([^]*)<!-- /${name} -->`).exec(TEXT) ?? [];
    expect(listed).toBe(`\n${table}\n`);
  });
});
