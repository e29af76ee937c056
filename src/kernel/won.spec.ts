import { InvalidWonError, MAX_WON, isWon, parseWon, sumWon, won, wonFromDatabase } from './won';

describe('won', () => {
  it.each([0, 1, 1000, MAX_WON])('takes %d', (value) => {
    expect(won(value)).toBe(value);
  });

  it.each([-1, 0.5, Number.NaN, Infinity, MAX_WON + 1])('refuses %d', (value) => {
    expect(() => won(value)).toThrow(InvalidWonError);
    expect(isWon(value)).toBe(false);
  });

  it.each(['', ' 1', '1 ', '+1', '-1', '01', '1,000', '1.0', '1e3', '0x10', '９', '9007199254740992', '1'.repeat(40)])(
    'does not read %p as an amount',
    (text) => {
      expect(parseWon(text)).toBeUndefined();
    },
  );

  it('reads the largest amount exactly', () => {
    expect(parseWon('9007199254740991')).toBe(MAX_WON);
    expect(wonFromDatabase('0')).toBe(0);
    expect(() => wonFromDatabase('9007199254740992')).toThrow(InvalidWonError);
  });

  it('refuses a sum that would lose exactness', () => {
    expect(sumWon([])).toBe(0);
    expect(sumWon([won(1), won(2)])).toBe(3);
    expect(() => sumWon([won(MAX_WON), won(1)])).toThrow(InvalidWonError);
  });
});
