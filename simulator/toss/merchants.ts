import type { TossMerchantOptions } from './options';

/** A contract at work; its addresses are set in the developer centre, here by the control. */
export interface Merchant extends Omit<TossMerchantOptions, 'webhookUrls'> {
  webhookUrls: string[];
}

export class Merchants {
  private readonly list: Merchant[];

  constructor(options: readonly TossMerchantOptions[]) {
    this.list = options.map((one) => ({ ...one, webhookUrls: [...one.webhookUrls] }));
  }

  all(): readonly Merchant[] {
    return this.list;
  }

  bySecretKey(key: string): Merchant | undefined {
    return this.list.find(({ secretKey }) => secretKey === key);
  }

  byClientKey(key: string): Merchant | undefined {
    return this.list.find(({ clientKey }) => clientKey === key);
  }

  byId(mId: string): Merchant | undefined {
    return this.list.find((one) => one.mId === mId);
  }
}
