import { execFileSync } from 'node:child_process';
import { resolve } from 'node:path';

const repository = resolve(__dirname, '../..');

/** ESLint in a process of its own: its configuration is an ES module, which Jest can't load. Without types, which take a minute. */
const LINT = `
  import { ESLint } from 'eslint';
  import tseslint from 'typescript-eslint';
  const eslint = new ESLint({ overrideConfig: tseslint.configs.disableTypeChecked });
  const broken = [];
  for (const [filePath, text] of JSON.parse(process.argv[1])) {
    const [{ messages }] = await eslint.lintText(text + '\\n', { filePath });
    broken.push([...new Set(messages.map(({ ruleId }) => ruleId))]);
  }
  process.stdout.write(JSON.stringify(broken));`;

const LISTENERS = ['src/inbox/webhook.ts', 'src/gateways/tstore/webhook/tstore.webhook.ts', 'src/gateways/webhooks.ts'];
const CALLS = '@typescript-eslint/no-restricted-imports';

/** A file that is there, what it would say, and the one rule that this breaks. */
const CASES: readonly (readonly [path: string, text: string, rules: string | null])[] = [
  ...LISTENERS.flatMap((path) => [
    [path, "void fetch('https://shop.example');", 'no-restricted-globals'] as const,
    [path, "export { request } from 'node:https';", CALLS] as const,
    [path, "export { request } from 'http';", CALLS] as const,
    [path, "export { connect } from 'node:net';", CALLS] as const,
    [path, "export { Pool } from 'pg';", CALLS] as const,
    [path, "export type { IncomingHttpHeaders } from 'node:http';", null] as const,
    [path, "export { isIP } from 'node:net';", null] as const,
  ]),
  ['src/charge/index.ts', 'export const now = Date.now();', 'no-restricted-properties'],
  ['src/charge/index.ts', 'export const now = new Date();', 'no-restricted-syntax'],
  ['src/charge/index.ts', 'export const { HOME } = process.env;', 'no-restricted-properties'],
  ['src/charge/index.ts', "export { Pool } from 'pg';", CALLS],
  ['src/charge/index.ts', "console.log('told');", 'no-console'],
];

describe('the linter', () => {
  it('refuses the listener every way to call out, and all rooms what one alone may use', () => {
    const cases = JSON.stringify(CASES.map(([path, text]) => [path, text]));
    const found = execFileSync('node', ['--input-type=module', '-e', LINT, cases], { cwd: repository });
    const broken = JSON.parse(found.toString()) as string[][];
    expect(CASES.map(([path, text], index) => [path, text, broken[index]])).toEqual(
      CASES.map(([path, text, rule]) => [path, text, rule === null ? [] : [rule]]),
    );
  });
});
