/** A contract with Toss: its MID, its key pairs, and the addresses its messages go to. */
export interface TossMerchantOptions {
  mId: string;
  clientKey: string;
  secretKey: string;
  /** As chosen in the developer centre; echoed in each payment. */
  version: string;
  webhookUrls: readonly string[];
}

/** Everything of the simulated Toss Payments that can be chosen at start. */
export interface TossOptions {
  tossMerchants: readonly TossMerchantOptions[];
  /** From an event to its message, simulator time. */
  tossWebhookDelayMs: number;
}

/** API keys: windows, billing and virtual accounts. */
export const TOSS_MERCHANT: TossMerchantOptions = {
  mId: 'tsimshop000001',
  clientKey: 'test_ck_SimulatorShopSimulatorShop01',
  secretKey: 'test_sk_SimulatorShopSimulatorShop01',
  version: '2022-11-16',
  webhookUrls: [],
};

/** Widget keys, and the newer version: another contract, whose payments the first one can't see. */
export const SECOND_TOSS_MERCHANT: TossMerchantOptions = {
  mId: 'tgen_simshop02',
  clientKey: 'test_gck_SimulatorShopSimulatorShop02',
  secretKey: 'test_gsk_SimulatorShopSimulatorShop02',
  version: '2024-06-01',
  webhookUrls: [],
};

export const DEFAULT_TOSS_OPTIONS: TossOptions = {
  tossMerchants: [TOSS_MERCHANT, SECOND_TOSS_MERCHANT],
  tossWebhookDelayMs: 300,
};
