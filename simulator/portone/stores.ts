import type { PortOneChannelOptions, PortOneStoreOptions, PortOneWebhookOptions } from './options';

export type Channel = PortOneChannelOptions;

/** A store at work; where it is told is set in PortOne's console, here by the control. */
export interface Store extends Omit<PortOneStoreOptions, 'webhooks'> {
  readonly webhooks: Record<'LIVE' | 'TEST', PortOneWebhookOptions>;
}

export class Stores {
  private readonly list: Store[];

  constructor(options: readonly PortOneStoreOptions[]) {
    this.list = options.map((one) => ({ ...one, webhooks: { ...one.webhooks } }));
  }

  all(): readonly Store[] {
    return this.list;
  }

  bySecret(secret: string): Store | undefined {
    return this.list.find(({ apiSecret }) => apiSecret === secret);
  }

  byId(storeId: string): Store | undefined {
    return this.list.find((one) => one.storeId === storeId);
  }
}

export function channelOf(store: Store, key: string): Channel | undefined {
  return store.channels.find((one) => one.key === key);
}
