/** VAT is an eleventh of what is taxed, rounded; the supply is the rest, the tax-free part included. */
export function splitOf(amount: number, taxFreeAmount: number): { suppliedAmount: number; vat: number } {
  const vat = Math.round((amount - taxFreeAmount) / 11);
  return { suppliedAmount: amount - vat, vat };
}
