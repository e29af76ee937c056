/** A channel: a contract with a payment company ("PG"), for money or for tests. */
export interface PortOneChannelOptions {
  key: string;
  id: string;
  name: string;
  type: 'LIVE' | 'TEST';
  pgProvider: string;
  pgMerchantId: string;
  /** Whether the window charges nothing, and `confirm` does. */
  isManual: boolean;
}

/** Where and how a store is told of one kind of its payments: those of money, or those of tests. */
export interface PortOneWebhookOptions {
  url: string | null;
  /** Each signs every message; the oldest first. Two may live at once. */
  secrets: readonly string[];
  version: PortOneWebhookVersion;
}

export const WEBHOOK_VERSIONS = ['2024-04-25', '2024-01-01'] as const;
export type PortOneWebhookVersion = (typeof WEBHOOK_VERSIONS)[number];

/** A store of a merchant, with its API secret and channels. */
export interface PortOneStoreOptions {
  storeId: string;
  merchantId: string;
  apiSecret: string;
  channels: readonly PortOneChannelOptions[];
  webhooks: Readonly<Record<'LIVE' | 'TEST', PortOneWebhookOptions>>;
}

/** Everything of the simulated PortOne that can be chosen at start. */
export interface PortOneOptions {
  portoneStores: readonly PortOneStoreOptions[];
  /** From an event to its message, simulator time. */
  portoneWebhookDelayMs: number;
  /** How often a `paymentId` may be tried, and how often a payment cancelled: PortOne has limits and says none. */
  portoneMostAttempts: number;
  portoneMostCancels: number;
}

function channel(
  number: number,
  {
    name,
    pgProvider,
    type = 'LIVE',
    isManual = false,
  }: Pick<PortOneChannelOptions, 'name' | 'pgProvider'> & Partial<PortOneChannelOptions>,
): PortOneChannelOptions {
  const tail = `0000-4000-8000-${String(number).padStart(12, '0')}`;
  return {
    key: `channel-key-51e0c4a2-${tail}`,
    id: `channel-id-0e7f6b31-${tail}`,
    name,
    type,
    pgProvider,
    pgMerchantId: `${type === 'LIVE' ? 'sim' : 'test'}${pgProvider.toLowerCase()}${number}`,
    isManual,
  };
}

/** Channels of money, each beside the one that pays nothing; the last but one waits for `confirm`. */
export const PORTONE_STORE: PortOneStoreOptions = {
  storeId: 'store-4b0c7d2e-1f3a-4c55-9d1e-000000000001',
  merchantId: 'merchant-7d1e9a40-62b3-4f0a-8c11-000000000001',
  apiSecret: 'SimulatorStoreSecretSimulatorStoreSecretSimulatorStoreSecret0001',
  channels: [
    channel(1, { name: '토스페이먼츠', pgProvider: 'TOSSPAYMENTS' }),
    channel(2, { name: '카카오페이', pgProvider: 'KAKAOPAY' }),
    channel(3, { name: '토스페이먼츠 수동 승인', pgProvider: 'TOSSPAYMENTS', isManual: true }),
    channel(4, { name: '토스페이먼츠 테스트', pgProvider: 'TOSSPAYMENTS', type: 'TEST' }),
    channel(5, { name: '카카오페이 테스트', pgProvider: 'KAKAOPAY', type: 'TEST' }),
  ],
  webhooks: {
    LIVE: { url: null, secrets: ['whsec_c2ltdWxhdG9yLXN0b3JlLWxpdmUtc2VjcmV0LTAwMDE='], version: '2024-04-25' },
    TEST: { url: null, secrets: ['whsec_c2ltdWxhdG9yLXN0b3JlLXRlc3Qtc2VjcmV0LTAwMDE='], version: '2024-04-25' },
  },
};

/** Another merchant's, whose payments the first one can't see. */
export const SECOND_PORTONE_STORE: PortOneStoreOptions = {
  storeId: 'store-4b0c7d2e-1f3a-4c55-9d1e-000000000002',
  merchantId: 'merchant-7d1e9a40-62b3-4f0a-8c11-000000000002',
  apiSecret: 'SimulatorStoreSecretSimulatorStoreSecretSimulatorStoreSecret0002',
  channels: [channel(6, { name: 'NICE페이먼츠', pgProvider: 'NICE_V2' })],
  webhooks: {
    LIVE: { url: null, secrets: ['whsec_c2ltdWxhdG9yLXN0b3JlLWxpdmUtc2VjcmV0LTAwMDI='], version: '2024-04-25' },
    TEST: { url: null, secrets: ['whsec_c2ltdWxhdG9yLXN0b3JlLXRlc3Qtc2VjcmV0LTAwMDI='], version: '2024-04-25' },
  },
};

export const DEFAULT_PORTONE_OPTIONS: PortOneOptions = {
  portoneStores: [PORTONE_STORE, SECOND_PORTONE_STORE],
  portoneWebhookDelayMs: 300,
  portoneMostAttempts: 10,
  portoneMostCancels: 100,
};
