import { nextVerificationAt } from './verification-schedule';

const NOW = new Date('2026-03-01T00:00:00Z');
const secondsUntil = (at: Date) => (at.getTime() - NOW.getTime()) / 1000;

describe('when to ask PNS again', () => {
  it('waits longer and longer, and never as long as PNS waits before it sends again', () => {
    const waits = Array.from({ length: 40 }, (_, failed) => secondsUntil(nextVerificationAt(NOW, failed + 1)));
    expect(waits).toEqual([...waits].sort((a, b) => a - b));
    expect(waits[0]).toBeLessThanOrEqual(5);
    expect(Math.max(...waits)).toBeLessThan(30 * 60);
  });
});
