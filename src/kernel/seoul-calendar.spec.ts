import {
  billingDateAfter,
  daysBetween,
  seoulTimestamp,
  parseSeoulDate,
  parseSeoulInstant,
  seoulDate,
  seoulDateAt,
} from './seoul-calendar';

describe('Seoul calendar', () => {
  it('turns the day at midnight in Seoul, not at midnight UTC', () => {
    expect(seoulDateAt(new Date('2026-01-31T14:59:59.999Z'))).toBe('2026-01-31');
    expect(seoulDateAt(new Date('2026-01-31T15:00:00.000Z'))).toBe('2026-02-01');
  });

  it('bills the 31st on the last day of a short month and on the 31st again after it', () => {
    const dates = [0, 1, 2, 3, 13].map((months) => billingDateAfter(seoulDate('2027-01-31'), months, 31));
    expect(dates).toEqual(['2027-01-31', '2027-02-28', '2027-03-31', '2027-04-30', '2028-02-29']);
  });

  it('counts from the anchor although the last billing day was a shorter one', () => {
    expect(billingDateAfter(seoulDate('2027-02-28'), 1, 31)).toBe('2027-03-31');
    expect(billingDateAfter(seoulDate('2027-12-15'), 12, 15)).toBe('2028-12-15');
  });

  it.each(['2026-02-29', '2026-13-01', '2026-00-10', '2026-04-31', '2100-02-29', '26-01-01', '2026-1-1', ''])(
    'knows that %p is no day',
    (text) => {
      expect(parseSeoulDate(text)).toBeUndefined();
      expect(() => seoulDate(text)).toThrow(RangeError);
    },
  );

  it.each([0, 32, 1.5, Number.NaN])('refuses the anchor day %p', (anchorDay) => {
    expect(() => billingDateAfter(seoulDate('2026-01-01'), 1, anchorDay)).toThrow(RangeError);
  });

  it.each([
    ['2027-01-31', '2027-01-31', 0],
    ['2027-12-31', '2028-01-01', 1],
    ['2028-02-28', '2028-03-01', 2],
    ['2028-01-01', '2029-01-01', 366],
    ['2027-01-02', '2027-01-01', -1],
  ])('counts days from %s to %s: %s', (from, to, days) => {
    expect(daysBetween(seoulDate(from), seoulDate(to))).toBe(days);
  });

  it('reads the gateway’s instants in Seoul time, and writes ours', () => {
    expect(parseSeoulInstant('20150910010101')).toEqual(new Date('2015-09-09T16:01:01.000Z'));
    expect(seoulTimestamp(new Date('2026-11-30T15:00:00.123Z'))).toBe('2026-12-01T00:00:00.123+09:00');
    expect(parseSeoulInstant('20150931010101')).toBeUndefined();
    expect(parseSeoulInstant('20150910240000')).toBeUndefined();
    expect(parseSeoulInstant('43200')).toBeUndefined();
  });
});
