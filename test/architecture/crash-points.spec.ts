import { readFileSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { JOB_STAGES } from '../../src/bulk-payment/job/bulk-payment-job.repository';
import { CRASH_POINTS } from '../../src/platform/crash-points';

const SOURCE = resolve(__dirname, '../../src');
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
