/** As PortOne's console shows it. */
export const PORTONE_API_SECRET = /^[\x21-\x2b\x2d-\x7e]{16,300}$/;
export const PORTONE_API_SECRET_IN_WORDS = 'a V2 API secret as PortOne shows it: 16 to 300 printable characters';

export const PORTONE_STORE_ID = /^store-[A-Za-z0-9-]{1,80}$/;
export const PORTONE_STORE_ID_IN_WORDS = 'a store id as PortOne shows it: store-…';

export const PORTONE_CHANNEL_KEY = /^channel-key-[A-Za-z0-9-]{1,80}$/;
export const PORTONE_CHANNEL_KEY_IN_WORDS = 'a channel key as PortOne shows it: channel-key-…';

/** Those that customers pay by; what is paid by another of the store's is not believed. */
export const PORTONE_CHANNEL_KEYS = /^channel-key-[A-Za-z0-9-]{1,80}(?:,channel-key-[A-Za-z0-9-]{1,80}){0,19}$/;
export const PORTONE_CHANNEL_KEYS_IN_WORDS = '1 to 20 channel keys, channel-key-…, with commas between';

/** Several are good at once: those of a rotation, and those of test and live. The prefix may be missing. */
export const PORTONE_WEBHOOK_SECRETS =
  /^(?:whsec_)?[A-Za-z0-9+/]{4,200}={0,2}(?:,(?:whsec_)?[A-Za-z0-9+/]{4,200}={0,2}){0,7}$/;
export const PORTONE_WEBHOOK_SECRETS_IN_WORDS = '1 to 8 webhook secrets, whsec_…, with commas between';
