import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { FAULTS, startSimulator, type FaultKind } from '../../../simulator';
import { send } from './support/merchant';

const README = readFileSync(join(__dirname, '../../../simulator/README.md'), 'utf8');
const KINDS = Object.keys(FAULTS) as FaultKind[];

function cells(line: string): string[] {
  return line
    .split('|')
    .slice(1, -1)
    .map((cell) => cell.trim());
}

test('the README lists every fault with what it does and its defaults, and no other', () => {
  const documented = README.split('\n')
    .filter((line) => line.startsWith('|'))
    .map(cells)
    .filter((row) => row.length === 4 && row[1]?.startsWith('`'));
  const expected = KINDS.map((kind) => {
    const { point, what, options } = FAULTS[kind];
    const defaults = Object.entries(options).map(([name, value]) => `\`${name}\` ${shown(String(value))}`);
    return [point, `\`${kind}\``, what, defaults.join(', ')];
  });
  expect(documented).toEqual(expected);
});

test('every fault has a test that arms it', () => {
  const specs = readdirSync(__dirname).filter((name) => name.endsWith('-faults.spec.ts'));
  const text = specs.map((name) => readFileSync(join(__dirname, name), 'utf8')).join('\n');
  expect(KINDS.filter((kind) => !text.includes(`'${kind}'`))).toEqual([]);
});

test("the README's scenario and calls work as written", async () => {
  const scenario = /```json\n([\s\S]*?)```/.exec(README)?.[1] ?? '';
  const simulator = await startSimulator({ timeFactor: 0, scenario: JSON.parse(scenario) });
  try {
    expect(simulator.control.faults()).toHaveLength(3);
    const calls = [...README.matchAll(/`(GET|POST|DELETE) (\/_simulator\/[^`]*)`/g)];
    expect(calls.length).toBeGreaterThan(15);
    for (const [, method, path] of calls) {
      const concrete = (path as string).replace(/\{\w+\}/g, '1');
      const headers = { 'Content-Type': 'application/json' };
      const answer = await send(method as string, simulator.baseUrl + concrete, headers, '{}');
      expect(`${concrete} ${answer.body.toString()}`).not.toContain('no such address');
      expect(answer.status).not.toBe(500);
    }
  } finally {
    await simulator.close();
  }
});

/** A blank at the end would not be seen. */
function shown(value: string): string {
  if (value === '') return '(empty)';
  return value === value.trim() ? value : JSON.stringify(value);
}
