import { SeededRandom } from '../../shared/seeded';
import { nextResendAt, RESEND_LIMIT_MS, VERIFICATION_DUE_MS, type ResendCause } from './resend-schedule';

const MINUTE = 60_000;
const AFTER_FAILURE_MS = MINUTE;

function next(cause: Partial<ResendCause>, seed = 1): number | null {
  const full = { firstSentAt: 0, nowAt: 0, failuresInARow: 0, delivered: 1, ...cause };
  return nextResendAt(full, AFTER_FAILURE_MS, new SeededRandom(seed));
}

test('the first message that is not verified comes again after exactly 30 minutes', () => {
  expect(next({})).toBe(VERIFICATION_DUE_MS);
});

test('failed deliveries come again sooner, doubling up to 30 minutes', () => {
  const gaps = [1, 2, 3, 4, 5, 6, 100].map((failuresInARow) => next({ failuresInARow, delivered: 0 }));
  expect(gaps).toEqual([1, 2, 4, 8, 16, 30, 30].map((minutes) => minutes * MINUTE));
});

test('later intervals grow and vary with the seed', () => {
  const gaps = [2, 3, 4, 5, 6, 7, 8].map((delivered) => next({ delivered }) as number);
  expect(gaps.at(-1)).toBeGreaterThan(gaps[0] as number);
  expect(Math.max(...gaps)).toBeLessThanOrEqual(6 * 60 * MINUTE * 1.2);
  expect(next({ delivered: 4 }, 2)).not.toBe(next({ delivered: 4 }, 1));
});

test('48 hours after the first delivery it is given up, and not before', () => {
  const nowAt = RESEND_LIMIT_MS - MINUTE;
  expect(next({ nowAt, failuresInARow: 1, delivered: 0 })).toBe(RESEND_LIMIT_MS);
  expect(next({ nowAt: nowAt + 1, failuresInARow: 1, delivered: 0 })).toBeNull();
});
