/** VAT is an eleventh of what is taxed, rounded. */
export function vatOf(amount: number, taxFreeAmount: number): number {
  return Math.round((amount - taxFreeAmount) / 11);
}
