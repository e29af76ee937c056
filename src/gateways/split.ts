import { won, type Won } from '../kernel/won';

/** An amount with its split, as gateways tell it and want it. */
export interface SplitAmount {
  total: Won;
  taxFree: Won;
  vat: Won;
}

/** Won in a taxed price for each of VAT in it. */
const PRICE_FOR_VAT = 11;

/** The VAT of a price; sent each time, since what a gateway would reckon is nowhere held against anything. */
export function vatOf(total: Won, taxFree: Won): Won {
  return won(Math.round((total - taxFree) / PRICE_FOR_VAT));
}

/**
 * A part of what is left, split as that is. Each is taken from what those before it have left, so the last one takes the rest and
 * all of them add up to the payment's own split.
 */
export function partOf(left: SplitAmount, total: Won): SplitAmount {
  if (total === left.total) return left;
  const shareOf = (won: Won): number => (left.total === 0 ? 0 : Math.round((won * total) / left.total));
  const taxFree = Math.min(shareOf(left.taxFree), total);
  const vat = Math.min(shareOf(left.vat), total - taxFree);
  return { total, taxFree: won(taxFree), vat: won(vat) };
}
