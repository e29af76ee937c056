/** Won: the whole, and what of it is free of tax and what is VAT. */
export interface Amount {
  readonly total: number;
  readonly taxFree: number;
  readonly vat: number;
}

export const NOTHING: Amount = { total: 0, taxFree: 0, vat: 0 };

export function plus(one: Amount, other: Amount): Amount {
  return {
    total: one.total + other.total,
    taxFree: one.taxFree + other.taxFree,
    vat: one.vat + other.vat,
  };
}
