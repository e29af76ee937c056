import { createHmac, timingSafeEqual } from 'node:crypto';

/** Why a message is none of whoever has the secrets. */
export type SignatureFault =
  'headers missing' | 'time unreadable' | 'too old' | 'too new' | 'too many signatures' | 'no signature matches';

/** What a signature is made with: the header's text as it was received, as often as it came, and the body to the byte. */
export interface SignedMessage {
  readonly id: readonly string[];
  readonly timestamp: readonly string[];
  readonly signature: readonly string[];
  readonly body: Buffer;
}

/** Both ways; so long itself is accepted. */
const TOLERANCE_SECONDS = 300;
const MOST_SIGNATURES = 16;
const PREFIX = /^whsec_/;

/**
 * Holds a message against the secrets that it may be signed with, by the rules of Standard Webhooks 1.0.0: HMAC-SHA256 over id, time and
 * body, keyed with the bytes that the secret's base64 stands for. Each header must have come once.
 *
 * @param secrets all that are good now: several are, while one takes another's place
 * @returns `undefined` where one matches
 */
export function signatureFaultOf(
  { id, timestamp, signature, body }: SignedMessage,
  secrets: readonly string[],
  now: Date,
): SignatureFault | undefined {
  const headers = [id, timestamp, signature].map((values) => (values.length === 1 ? (values[0] ?? '') : ''));
  const [messageId = '', sentAt = '', listed = ''] = headers;
  if (headers.includes('')) return 'headers missing';
  if (!/^\d{1,12}$/.test(sentAt)) return 'time unreadable';
  const age = Math.floor(now.getTime() / 1000) - Number(sentAt);
  if (age > TOLERANCE_SECONDS) return 'too old';
  if (age < -TOLERANCE_SECONDS) return 'too new';
  const entries = listed.split(' ');
  if (entries.length > MOST_SIGNATURES) return 'too many signatures';
  const given = entries.flatMap(signatureIn);
  const text = Buffer.concat([Buffer.from(`${messageId}.${sentAt}.`, 'latin1'), body]);
  const isSigned = secrets.some((secret) => {
    const key = Buffer.from(secret.replace(PREFIX, ''), 'base64');
    if (key.length === 0) return false;
    const expected = createHmac('sha256', key).update(text).digest();
    return given.some((one) => timingSafeEqual(one, expected));
  });
  return isSigned ? undefined : 'no signature matches';
}

/** `v1,` and 32 bytes in base64 with its padding; other versions are nobody's fault. */
function signatureIn(entry: string): Buffer[] {
  const [, encoded] = /^v1,([A-Za-z0-9+/]{43}=)$/.exec(entry) ?? [];
  return encoded === undefined ? [] : [Buffer.from(encoded, 'base64')];
}
