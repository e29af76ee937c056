import { won } from '../kernel/won';
import { partOf, vatOf, type SplitAmount } from './split';

const split = (total: number, taxFree: number, vat: number): SplitAmount => ({
  total: won(total),
  taxFree: won(taxFree),
  vat: won(vat),
});

/** Gives back parts one after the other. */
function given(whole: SplitAmount, totals: readonly number[]): SplitAmount[] {
  let left = whole;
  return totals.map((total) => {
    const part = partOf(left, won(total));
    left = split(left.total - part.total, left.taxFree - part.taxFree, left.vat - part.vat);
    return part;
  });
}

describe('the split of what is given back', () => {
  it.each([
    [9_900, 0, 900],
    [9_900, 3_300, 600],
    [9_900, 0, 0],
    [1_000, 0, 200],
    [3_000, 0, 91],
    [10, 3, 1],
    [100, 100, 0],
    [7, 6, 0],
  ])('adds up over parts: of %i won %i tax-free and %i VAT', (total, taxFree, vat) => {
    const whole = split(total, taxFree, vat);
    for (let first = 1; first < total; first += Math.max(1, Math.floor(total / 13))) {
      const second = Math.max(1, Math.floor((total - first) / 2));
      const totals = [first, second, total - first - second].filter((each) => each > 0);
      const parts = given(whole, totals);
      const sum = (of: keyof SplitAmount): number => parts.reduce((all, part) => all + part[of], 0);
      expect([sum('total'), sum('taxFree'), sum('vat')]).toEqual([total, taxFree, vat]);
      for (const part of parts) {
        expect(part.taxFree).toBeLessThanOrEqual(part.total);
        expect(part.vat).toBeLessThanOrEqual(part.total);
      }
    }
  });

  it('is that of the payment where all of it is given back', () => {
    expect(partOf(split(1_000, 0, 200), won(1_000))).toEqual(split(1_000, 0, 200));
  });

  it('has the VAT of a price as gateways reckon it', () => {
    expect([vatOf(won(9_900), won(0)), vatOf(won(1_000), won(0)), vatOf(won(100), won(100))]).toEqual([900, 91, 0]);
  });
});
