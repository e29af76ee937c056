import type { Won } from '../kernel/won';

/** What is paid; where T store collects it, also who collects which part, all three of which add up to the amount. */
export interface Price {
  amount: Won;
  /** `null`, as the other parts: another gateway collects it. */
  carrierAmount: Won | null;
  creditCardAmount: Won | null;
  tmembershipAmount: Won | null;
}

/** A product to sell. */
export interface NewProduct extends Price {
  storeProductId: string;
  name: string;
  /** Which gateway account collects it; T store's of the settings unless stated. */
  gatewayAccount?: string | undefined;
}
