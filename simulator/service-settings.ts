import { KAKAOPAY_MERCHANT } from './kakaopay/options';
import { DEFAULT_OPTIONS } from './options';
import { PORTONE_STORE } from './portone/options';
import { TOSS_MERCHANT } from './toss/options';
import { REFUNDED_STATUSES } from './tstore/payments/lookup-call';

/** The settings a billing service is started with to talk to a simulator of default credentials, by their names in `.env.example`. */
export function serviceSettings(baseUrl: string): Record<string, string> {
  return {
    ENVIRONMENT: 'simulator',
    TSTORE_CLIENT_ID: DEFAULT_OPTIONS.clientId,
    TSTORE_CLIENT_SECRET: DEFAULT_OPTIONS.clientSecret,
    TSTORE_BID: DEFAULT_OPTIONS.bid,
    TSTORE_MID: DEFAULT_OPTIONS.mid,
    TSTORE_AUTH_BASE_URL: baseUrl,
    TSTORE_API_BASE_URL: baseUrl,
    TSTORE_PNS_BASE_URL: baseUrl,
    TSTORE_REFUNDED_STATUSES: REFUNDED_STATUSES.join(','),
  };
}

/** The same for a default account of the simulated Toss Payments. */
export function tossSettings(baseUrl: string): Record<string, string> {
  return {
    TOSS_SECRET_KEY: TOSS_MERCHANT.secretKey,
    TOSS_CLIENT_KEY: TOSS_MERCHANT.clientKey,
    TOSS_API_BASE_URL: baseUrl,
  };
}

/** The same for the default contracts of the simulated KakaoPay: single and recurring payments. */
export function kakaopaySettings(baseUrl: string): Record<string, string> {
  const cidOf = (kind: string): string => KAKAOPAY_MERCHANT.contracts.find((one) => one.kind === kind)?.cid ?? '';
  return {
    KAKAOPAY_SECRET_KEY: KAKAOPAY_MERCHANT.secretKey,
    KAKAOPAY_CID: cidOf('single'),
    KAKAOPAY_CID_SUBSCRIPTION: cidOf('recurring'),
    KAKAOPAY_API_BASE_URL: baseUrl,
  };
}

/** The same for the default store of the simulated PortOne, with its first channel. */
export function portoneSettings(baseUrl: string): Record<string, string> {
  const { storeId, apiSecret, channels, webhooks } = PORTONE_STORE;
  return {
    PORTONE_API_SECRET: apiSecret,
    PORTONE_STORE_ID: storeId,
    PORTONE_CHANNEL_KEYS: channels[0]?.key ?? '',
    PORTONE_WEBHOOK_SECRETS: webhooks.LIVE.secrets.join(','),
    PORTONE_API_BASE_URL: baseUrl,
  };
}
