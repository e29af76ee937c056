import { KakaoPayRefusal } from '../error-codes';
import type { Merchants } from '../merchants';
import type { KakaoPayMerchantOptions } from '../options';
import type { Generation } from './generations';

const SCHEMES: Readonly<Record<Generation, RegExp>> = {
  current: /^SECRET_KEY +(\S+)$/,
  legacy: /^KakaoAK +(\S+)$/,
};

/** Whose call it is, by the key of its generation. */
export function merchantOf(header: string, generation: Generation, merchants: Merchants): KakaoPayMerchantOptions {
  const key = SCHEMES[generation].exec(header)?.[1] ?? '';
  const merchant = generation === 'current' ? merchants.bySecretKey(key) : merchants.byAdminKey(key);
  if (!merchant) throw new KakaoPayRefusal(-401);
  return merchant;
}
