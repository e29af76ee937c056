import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { FaultDefinition } from '../../../../simulator/shared/faults/armed-faults';
import { startSimulator } from '../../../../simulator';
import { send } from './merchant';

interface Documented {
  /** Its folder in `simulator/`, and the last part of its control API's path. */
  gateway: string;
  faults: Readonly<Record<string, FaultDefinition>>;
  calls: readonly string[];
}

const cells = (line: string): string[] =>
  line
    .split('|')
    .slice(1, -1)
    .map((cell) => cell.trim());

/** Holds a simulated gateway's README to what it is: its faults, the kinds of calls, and its control API. */
// eslint-disable-next-line jest/no-export
export function holdsToItsReadme({ gateway, faults, calls }: Documented): void {
  const readme = readFileSync(join(__dirname, `../../../../simulator/${gateway}/README.md`), 'utf8');

  test('the README lists every fault with what it does and its defaults, every call, and no other', () => {
    const documented = readme
      .split('\n')
      .filter((line) => line.startsWith('|'))
      .map(cells)
      .filter((row) => row.length === 4 && row[1]?.startsWith('`'));
    const expected = Object.entries(faults).map(([kind, { point, what, options }]) => {
      const defaults = Object.entries(options).map(([name, value]) => `\`${name}\` ${String(value) || '(empty)'}`);
      return [point, `\`${kind}\``, what, defaults.join(', ')];
    });
    expect(documented).toEqual(expected);
    const listed = /`call` aims at one kind of call \(([^)]*)\)/.exec(readme.replaceAll('\n', ' '))?.[1] ?? '';
    expect([...listed.matchAll(/`([^`]+)`/g)].map(([, call]) => call).sort()).toEqual([...calls].sort());
  });

  test('every fault has a test that arms it', () => {
    const text = readFileSync(join(__dirname, `../../simulator-${gateway}/faults.spec.ts`), 'utf8');
    expect(Object.keys(faults).filter((kind) => !text.includes(`'${kind}'`))).toEqual([]);
  });

  test('its control calls are there as written, and give orders to nobody who sends a plain form', async () => {
    const simulator = await startSimulator({ timeFactor: 0 });
    try {
      const written = [...readme.matchAll(/`(GET|POST|DELETE) (\/[^`]*)`/g)].map(([, method, path]) => [method, path]);
      expect(written.length).toBeGreaterThan(20);
      for (const [method = '', path = ''] of written) {
        const address = `${simulator.baseUrl}/_simulator/${gateway}${path.replace(/\{\w+\}/g, '1')}`;
        const answer = await send(method, address, { 'Content-Type': 'application/json' }, '{}');
        expect(`${method} ${path} ${answer.body.toString()}`).not.toContain('no such address');
        expect(answer.status).not.toBe(500);
        if (method !== 'POST') continue;
        const plain = await send(method, address, { 'Content-Type': 'text/plain' }, '{}');
        expect(`${method} ${path} ${plain.status}`).toBe(`${method} ${path} 400`);
      }
    } finally {
      await simulator.close();
    }
  });
}
