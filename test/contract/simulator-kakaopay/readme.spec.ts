import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CALLS } from '../../../simulator/kakaopay/http/kakaopay-call';
import { KAKAOPAY_FAULTS, type KakaoPayFaultKind } from '../../../simulator/kakaopay/faults/catalogue';
import { send } from '../simulator/support/merchant';
import { openKakaoPayBench } from './support/kakaopay-bench';

const README = readFileSync(join(__dirname, '../../../simulator/kakaopay/README.md'), 'utf8');
const KINDS = Object.keys(KAKAOPAY_FAULTS) as KakaoPayFaultKind[];

const cells = (line: string): string[] =>
  line
    .split('|')
    .slice(1, -1)
    .map((cell) => cell.trim());

test('the README lists every fault with what it does and its defaults, every call, and no other', () => {
  const documented = README.split('\n')
    .filter((line) => line.startsWith('|'))
    .map(cells)
    .filter((row) => row.length === 4 && row[1]?.startsWith('`'));
  const expected = KINDS.map((kind) => {
    const { point, what, options } = KAKAOPAY_FAULTS[kind];
    const defaults = Object.entries(options).map(([name, value]) => `\`${name}\` ${String(value) || '(empty)'}`);
    return [point, `\`${kind}\``, what, defaults.join(', ')];
  });
  expect(documented).toEqual(expected);
  const listed = /`call` aims at one kind of call \(([^)]*)\)/.exec(README.replaceAll('\n', ' '))?.[1] ?? '';
  expect([...listed.matchAll(/`([^`]+)`/g)].map(([, call]) => call).sort()).toEqual([...CALLS].sort());
});

test('every fault has a test that arms it', () => {
  const text = readFileSync(join(__dirname, 'faults.spec.ts'), 'utf8');
  expect(KINDS.filter((kind) => !text.includes(`'${kind}'`))).toEqual([]);
});

test('its control calls are there as written, and give orders to nobody who sends a plain form', async () => {
  const bench = await openKakaoPayBench();
  try {
    const calls = [...README.matchAll(/`(GET|POST|DELETE) (\/[^`]*)`/g)].map(([, method, path]) => [method, path]);
    expect(calls.length).toBeGreaterThan(20);
    for (const [method = '', path = ''] of calls) {
      const address = `${bench.simulator.baseUrl}/_simulator/kakaopay${path.replace(/\{\w+\}/g, '1')}`;
      const answer = await send(method, address, { 'Content-Type': 'application/json' }, '{}');
      expect(`${method} ${path} ${answer.body.toString()}`).not.toContain('no such address');
      expect(answer.status).not.toBe(500);
      if (method !== 'POST') continue;
      const plain = await send(method, address, { 'Content-Type': 'text/plain' }, '{}');
      expect(`${method} ${path} ${plain.status}`).toBe(`${method} ${path} 400`);
    }
  } finally {
    await bench.close();
  }
});
