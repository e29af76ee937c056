import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import stringWidth from 'string-width';
import { EXIT_CODES } from './exit';
import { commandOf, commandsBelow, inCommands, operationsOf } from './operations';
import { programOf } from './program';

interface Document {
  paths: Record<string, Record<string, unknown>>;
}

const DOCUMENT = JSON.parse(readFileSync(join(__dirname, '../docs/openapi.json'), 'utf8')) as Document;
const OPERATIONS = Object.entries(DOCUMENT.paths).flatMap(([path, methods]) =>
  Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
);

/** Operations that are no command, each with the reason. */
const NOT_COMMANDS: Record<string, string> = {};

/** What moves money, lets it move, or decides about it for ever: a person is asked before. */
const ASKS_BEFORE = [
  'approvals approve',
  'charges rebill',
  'direct-payments resolve',
  'discrepancies accept',
  'discrepancies close',
  // Takes the word and asks nothing: it only lets money wait.
  'gateway-accounts disable',
  'gateway-accounts enable',
  'gateway-accounts rotate',
  'jobs rebill',
  'jobs reconcile-as-is',
  'jobs resolve',
  'jobs upload',
  'kill-switch release',
  'line-stops resolve',
  'outside-refunds record',
  'payment-methods remove',
  'products change',
  'refund',
  'refunds release',
  'refunds resolve',
  'refunds reverse',
  'runs confirm',
  'runs open',
  'subscriptions change',
  'subscriptions create',
  'subscriptions import',
];

describe('the commands', () => {
  const program = programOf({ environment: {}, write: () => undefined, complain: () => undefined });
  const commands = commandsBelow(program);
  const nameOf = (command: (typeof commands)[number]): string =>
    command.parent === null ? '' : `${nameOf(command.parent)} ${command.name()}`.trim();

  it('are all that the API can do', () => {
    const covered = commands.flatMap((command) => operationsOf(command).map(({ operation }) => operation));
    expect([...covered, ...Object.keys(NOT_COMMANDS)].sort()).toEqual(OPERATIONS.sort());
  });

  it('end with codes that the README tells', () => {
    const readme = readFileSync(join(__dirname, 'README.md'), 'utf8');
    const told = [...readme.matchAll(/^\| (\d) +\| (.+?) +\|$/gm)].map(([, code, meaning]) => [code, meaning]);
    expect(told).toEqual(Object.entries(EXIT_CODES));
  });

  it('ask before money moves', () => {
    const asking = commands.filter(
      (command) => command.parent !== null && command.options.some(({ long }) => long === '--yes'),
    );
    expect(asking.map(nameOf).sort()).toEqual(ASKS_BEFORE);
  });

  it('take the word of who states --yes, whether they ask or not', () => {
    expect(program.options.map(({ long }) => long)).toContain('--yes');
  });

  it('have help as wide as a terminal, which says what is required and how days are written', () => {
    for (const command of commands) {
      const help = command.helpInformation();
      for (const line of help.split('\n')) expect(stringWidth(line)).toBeLessThanOrEqual(80);
      const dated = [...command.options, ...command.registeredArguments].filter((one) =>
        /<(day|date|month|time)>|<from>|\[to\]/.test('flags' in one ? one.flags : `<${one.name()}>`),
      );
      // Those of a link are no options of the command itself.
      for (const { description } of dated) expect(description).toMatch(/such as \d{4}-\d\d/);
      const required = command.options.filter(({ mandatory }) => mandatory);
      expect(help.replaceAll(/\s+/g, ' ').match(/\(required\)/g)?.length ?? 0).toBe(required.length);
    }
  });

  it('show examples that a terminal need not break', () => {
    let shown = '';
    const helped = programOf({ environment: {}, write: (text) => (shown += text), complain: () => undefined });
    helped.outputHelp();
    expect(shown).toContain('Examples:');
    for (const line of shown.split('\n')) expect(stringWidth(line)).toBeLessThanOrEqual(80);
  });

  it.each([
    ['GET', '/admin/v1/refunds/12', 'npm run cli -- refunds show 12'],
    ['POST', '/admin/v1/refunds/12/release', 'npm run cli -- refunds release 12 --reason <text>'],
    [
      'POST',
      '/admin/v1/charges/B20270131-1-1/refunds',
      'npm run cli -- refund B20270131-1-1 --amount <won> --reason <text>',
    ],
    [
      'POST',
      '/admin/v1/refunds/3/resolve',
      'npm run cli -- refunds resolve 3 --as <refunded|not-refunded> --reason <text>',
    ],
    [
      'POST',
      '/admin/v1/bulk-payment-jobs/3/attach-gateway-job',
      'npm run cli -- jobs resolve 3 --gateway-job <id> --reason <text>',
    ],
    [
      'GET',
      '/admin/v1/bulk-payment-jobs?inDoubt=true&from=2026-11-01',
      'npm run cli -- jobs list --in-doubt --from 2026-11-01',
    ],
    ['GET', '/admin/v1/discrepancies?orderNo=a%20b', "npm run cli -- discrepancies list --order 'a b'"],
    ['GET', '/admin/v1/settlement-log?after=11&limit=1', 'npm run cli -- settlement-log list --after 11 --limit 1'],
    ['GET', '/admin/v1/refunds?colour=red', 'GET /admin/v1/refunds?colour=red'],
    ['GET', '/admin/v2/refunds', 'GET /admin/v2/refunds'],
  ])('are how people do what the API calls %s %s', (method, address, command) => {
    expect(commandOf(program, method, address)).toBe(command);
  });

  it('are what a text of the service says instead of calls', () => {
    const text = 'Look it up first (GET /admin/v1/charges/B1/transaction), then POST /admin/v1/refunds/3/cancel.';
    expect(inCommands(program, text)).toBe(
      'Look it up first (npm run cli -- charges transaction B1), then npm run cli -- refunds cancel 3 --reason <text>.',
    );
  });
});
