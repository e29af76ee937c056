import type { Members } from '../../shared/http/members';

/** Won, split as the answers have them. `total` is the price: points and discounts are how a part of it was paid. */
export interface Amounts {
  readonly total: number;
  readonly taxFree: number;
  readonly vat: number;
  readonly point: number;
  readonly discount: number;
  readonly greenDeposit: number;
}

export const NOTHING: Amounts = { total: 0, taxFree: 0, vat: 0, point: 0, discount: 0, greenDeposit: 0 };

export function plus(one: Amounts, other: Amounts): Amounts {
  return combined(one, other, (left, right) => left + right);
}

export function minus(one: Amounts, other: Amounts): Amounts {
  return combined(one, other, (left, right) => left - right);
}

export function amountsBody({ total, taxFree, vat, point, discount, greenDeposit }: Amounts): Members {
  return { total, tax_free: taxFree, vat, point, discount, green_deposit: greenDeposit };
}

function combined(one: Amounts, other: Amounts, of: (left: number, right: number) => number): Amounts {
  return {
    total: of(one.total, other.total),
    taxFree: of(one.taxFree, other.taxFree),
    vat: of(one.vat, other.vat),
    point: of(one.point, other.point),
    discount: of(one.discount, other.discount),
    greenDeposit: of(one.greenDeposit, other.greenDeposit),
  };
}
