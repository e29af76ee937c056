import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readCommandLine } from './command-line';
import { ScenarioError } from './tstore/faults/scenario';
import { CommandLineError } from './shared/flag-values';
import type { SimulatorOptions } from './options';

function optionsOf(...args: string[]): Partial<SimulatorOptions> {
  const command = readCommandLine(args);
  if (command.kind !== 'start') throw new Error('not a start');
  return command.options;
}

test('without flags it listens where the service looks for it', () => {
  expect(optionsOf()).toMatchObject({ port: 9090, insecureTls: false });
});

test('flags become options', () => {
  const options = optionsOf(
    ...['--port', '0', '--host', '0.0.0.0', '--client-secret', 'a+/=', '--decline-rate', '0.25', '--time-factor', '60'],
    ...['--token-ttl', '5', '--token-expiry-format', 'compact', '--count-too-high', 'refuse', '--insecure-tls'],
    ...['--notification-delay', '0', '--processing-delay=7', '--seed', 's', '--first-job-id', '9'],
  );
  expect(options).toMatchObject({
    port: 0,
    host: '0.0.0.0',
    clientSecret: 'a+/=',
    declineRate: 0.25,
    timeFactor: 60,
    tokenTtlSeconds: 5,
    tokenExpiryFormat: 'compact',
    countTooHigh: 'refuse',
    insecureTls: true,
    notificationDelayMs: 0,
    processingDelayMs: 7,
    seed: 's',
    firstJobId: 9,
  });
});

test.each([
  ['--port', '70000'],
  ['--port', 'http'],
  ['--decline-rate', '1.1'],
  ['--decline-rate', ''],
  ['--time-factor', '-1'],
  ['--token-expiry-format', 'iso'],
  ['--count-too-low', 'maybe'],
  ['--first-job-id', '0'],
  ['--nothing', '1'],
])('%s %s is refused by name', (flag, value) => {
  expect(() => readCommandLine([flag, value])).toThrow(CommandLineError);
  expect(() => readCommandLine([`${flag}=${value}`])).toThrow(flag.slice(2));
});

test('the help names every flag', () => {
  const help = readCommandLine(['-h']);
  expect(help).toMatchObject({ kind: 'help', text: expect.stringContaining('--scenario FILE') });
});

describe('a scenario file', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'scenario-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  function scenario(text: string): Partial<SimulatorOptions> {
    const path = join(folder, 'scenario.json');
    writeFileSync(path, text);
    return optionsOf('--scenario', path);
  }

  test('is read', () => {
    const text = '{"declineRate":0.5,"faults":[{"kind":"result-crlf","times":2}]}';
    expect(scenario(text).scenario).toEqual(JSON.parse(text));
  });

  test.each(['', '[]', 'null', '{"fault":[]}', '{"declineRate":2}', '{"declineOrderNos":"a"}', '{"faults":{}}'])(
    '%s is refused with the name of the file',
    (text) => {
      expect(() => scenario(text)).toThrow(ScenarioError);
      expect(() => scenario(text)).toThrow('scenario.json');
    },
  );

  test('that is not there is refused', () => {
    expect(() => optionsOf('--scenario', join(folder, 'none.json'))).toThrow(ScenarioError);
  });
});
