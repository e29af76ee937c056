import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = join(__dirname, '../..');
const RULES = readFileSync(join(ROOT, 'docs/billing-rules.md'), 'utf8');
const SECTIONS = RULES.split(/^## /m).slice(1);

describe('docs/billing-rules.md', () => {
  it.each(SECTIONS.map((section) => [section.split('\n', 1)[0], section] as const))(
    'shows the rule “%s” by an example and a test that exists',
    (_title, section) => {
      expect(section).toContain('_Example._');
      const tests = [...section.matchAll(/^- Tested: `([^`]+)` “([^”]+)”$/gm)];
      expect(tests.length).toBeGreaterThan(0);
      expect(tests).toHaveLength(section.match(/^- Tested:/gm)?.length ?? 0);
      for (const [, file = '', name = ''] of tests) {
        expect(readFileSync(join(ROOT, file), 'utf8')).toMatch(new RegExp(`(['"\`])${escaped(name)}\\1`));
      }
    },
  );
});

function escaped(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
