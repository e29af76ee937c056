import { TossRefusal } from '../error-codes';
import type { Merchant, Merchants } from '../merchants';

/** Whose call it is, by the secret key; a client key is of the other kind, another's is unknown. */
export function merchantOf(header: string, merchants: Merchants): Merchant {
  const credentials = /^Basic +(\S+)$/i.exec(header)?.[1];
  if (credentials === undefined) throw new TossRefusal('UNAUTHORIZED_KEY');
  const text = Buffer.from(credentials, 'base64').toString('utf8');
  const colon = text.indexOf(':');
  if (colon < 0) throw new TossRefusal('INCORRECT_BASIC_AUTH_FORMAT');
  const key = text.slice(0, colon);
  if (merchants.byClientKey(key)) throw new TossRefusal('INVALID_API_KEY');
  const merchant = merchants.bySecretKey(key);
  if (!merchant) throw new TossRefusal('UNAUTHORIZED_KEY');
  return merchant;
}
