import { sumWon, won, type Won } from '../kernel/won';

/** One line of an order: what it is, how many, and what one of it costs. */
export interface PricedItem {
  quantity: number;
  unitAmount: Won;
  /** Of all of them together, what bears no VAT. */
  taxFreeAmount: Won;
}

/** What an order of these items costs, and what of that bears no VAT. */
export function totalOf(items: readonly PricedItem[]): { amount: Won; taxFreeAmount: Won } {
  return {
    amount: sumWon(items.map(({ quantity, unitAmount }) => won(quantity * unitAmount))),
    taxFreeAmount: sumWon(items.map(({ taxFreeAmount }) => taxFreeAmount)),
  };
}
