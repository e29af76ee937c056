import type { Won } from '../kernel/won';

/** What is paid, and who collects which part of it; the parts add up to the amount. */
export interface Price {
  amount: Won;
  carrierAmount: Won;
  creditCardAmount: Won;
  tmembershipAmount: Won;
}

/** A product to sell. */
export interface NewProduct extends Price {
  storeProductId: string;
  name: string;
  /** Which gateway account collects it; T store's of the settings unless stated. */
  gatewayAccount?: string | undefined;
}
