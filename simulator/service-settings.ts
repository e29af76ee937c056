import { DEFAULT_OPTIONS } from './options';
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
