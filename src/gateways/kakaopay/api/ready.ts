import { isJsonObject, textOf } from '../../reading';
import { keyOf } from './payment';

/** A payment that was made ready: its id, and where the customer is to be led, by KakaoPay's own names. */
export interface ReadyPayment {
  tid: string;
  redirects: Readonly<Record<string, string>>;
}

/** Members that lead the customer on; a page takes the one of its device. */
const REDIRECTS = [
  'next_redirect_pc_url',
  'next_redirect_mobile_url',
  'next_redirect_app_url',
  'android_app_scheme',
  'ios_app_scheme',
] as const;
const LONGEST_REDIRECT = 2_000;

/** @returns `undefined` where there is no id, or nowhere to go. The hosts have changed over the years, and are not looked at */
export function readReady(json: unknown): ReadyPayment | undefined {
  if (!isJsonObject(json)) return undefined;
  const tid = keyOf(json.tid);
  const redirects = Object.fromEntries(
    REDIRECTS.flatMap((name) => {
      const address = textOf(json[name]);
      return address === undefined || !isAddress(address) ? [] : [[name, address]];
    }),
  );
  return tid === undefined || Object.keys(redirects).length === 0 ? undefined : { tid, redirects };
}

/** A page goes there: of a script it would be made to run one. */
function isAddress(text: string): boolean {
  return text.length <= LONGEST_REDIRECT && URL.canParse(text) && !/^(?:javascript|data|vbscript):/i.test(text.trim());
}
