import { retryAt } from './back-off';

describe('retryAt', () => {
  const now = new Date('2026-11-20T00:00:00Z');
  const delays = (attempts: number) =>
    (retryAt(now, attempts, { firstSeconds: 5, longestSeconds: 600 }).getTime() - now.getTime()) / 1000;

  it('doubles from the first delay to the longest and stays there', () => {
    expect([1, 2, 3, 7, 8, 9, 10_000].map(delays)).toEqual([5, 10, 20, 320, 600, 600, 600]);
  });
});
