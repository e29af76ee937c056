import { readFileSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { JOB_STAGES } from '../../src/bulk-payment/job/bulk-payment-job.repository';
import { CRASH_POINTS } from '../../src/platform/crash-points';
import { CUSTOMERS } from '../faults/crash-points/customers';
import { PAYMENTS } from '../faults/crash-points/payments';
import { REFUNDS } from '../faults/crash-points/refunds';
import { RESULTS } from '../faults/crash-points/results';
import { SUBMISSIONS } from '../faults/crash-points/submissions';
import { pointsOf } from '../faults/crash-points/visits';

const SOURCE = resolve(__dirname, '../../src');
const FAULTS = resolve(__dirname, '../faults/crash-points');
/** The spec of each name kills processes at the points of its table. */
const TABLES = {
  customers: CUSTOMERS,
  payments: PAYMENTS,
  refunds: REFUNDS,
  results: RESULTS,
  submissions: SUBMISSIONS,
};
const files = readdirSync(SOURCE, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.ts') && !name.endsWith('.spec.ts') && !name.startsWith('platform/crash-points'))
  .map((name) => ({ name, text: readFileSync(join(SOURCE, name), 'utf8') }));

/**
 * There is nothing these could leave half done: the one only reads the switch and writes a log line about what it read, the
 * others are a single statement that takes away what nothing refers to.
 */
const WITHOUT_EFFECT = ['watch-kill-switch', 'prune-notifications', 'prune-exchanges'];

function places(pattern: RegExp): string[] {
  return files.flatMap(({ text }) => [...text.matchAll(pattern)].map((match) => match[1] ?? ''));
}

describe('crash points', () => {
  it('are each marked at least once, and no other is', () => {
    const marked = places(/crashPoint\('([^']+)'\)/g);
    const ofStages = places(/crashPoint\(`\$\{stage\}\.(\w+)`\)/g).flatMap((part) =>
      Object.keys(JOB_STAGES).map((stage) => `${stage}.${part}`),
    );
    expect(new Set([...marked, ...ofStages])).toEqual(new Set(CRASH_POINTS));
  });

  it('are each visited by one spec', () => {
    expect(Object.values(TABLES).flatMap(pointsOf).sort()).toEqual([...CRASH_POINTS].sort());
    const specs = readdirSync(FAULTS).filter((name) => name.endsWith('.spec.ts'));
    // One visits some of them once more, by another gateway.
    expect(specs.filter((name) => name !== 'kakaopay.spec.ts').sort()).toEqual(
      Object.keys(TABLES).map((name) => `${name}.spec.ts`),
    );
    for (const name of Object.keys(TABLES)) {
      expect(readFileSync(join(FAULTS, `${name}.spec.ts`), 'utf8')).toContain(`visitCrashPoints(${name.toUpperCase()}`);
    }
  });

  it('belong to every step that changes anything, at its beginning and its end at least', () => {
    const steps = files
      .filter(({ name }) => name.startsWith('billing-scheduler/'))
      .flatMap(({ text }) => [...text.matchAll(/\bname[:=] '([a-z-]+)'|\bname = '([a-z-]+)'/g)])
      .map((match) => match[1] ?? match[2] ?? '');
    expect(steps.length).toBeGreaterThanOrEqual(8);
    const withPoints = steps.filter((step) => !WITHOUT_EFFECT.includes(step));
    const pointsOf = (step: string) => CRASH_POINTS.filter((point) => point.startsWith(`${step}.`)).length;
    expect(withPoints.filter((step) => pointsOf(step) < 2)).toEqual([]);
    const watch = files.find(({ name }) => name === 'kill-switch/kill-switch-watch.ts');
    expect(watch?.text).not.toMatch(/\b(?:execute|transaction|manager|set)\(/);
    for (const single of ['inbox/notification-retention.ts', 'gateways/exchange/exchange-retention.ts']) {
      const retention = files.find(({ name }) => name === single);
      expect(retention?.text.match(/\b(?:execute|transaction|manager)\b/g)).toEqual(['execute']);
    }
  });

  it('are observed by tests only', () => {
    expect(files.filter(({ text }) => text.includes('observeCrashPoints')).map(({ name }) => name)).toEqual([]);
  });
});
