import { vatOf } from '../shared/vat';

/** The supply is what VAT leaves, the tax-free part included. */
export function splitOf(amount: number, taxFreeAmount: number): { suppliedAmount: number; vat: number } {
  const vat = vatOf(amount, taxFreeAmount);
  return { suppliedAmount: amount - vat, vat };
}
