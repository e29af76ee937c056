import { maskText } from '../../platform/logging';

/** What stands where a secret was. */
const MASK = '***';
/** A payment has some 3,000 bytes; of what is longer, such as a page of a proxy, the beginning tells enough. */
const MOST_CHARACTERS = 16_384;
/** No gateway's answer is as deep; what is deeper is not worth a stack. */
const DEEPEST = 24;

/**
 * Members that hold what nobody may read: keys and secrets, and what a customer is known or reached by. One list for all
 * gateways, since masking too much costs nothing.
 */
const SECRET_MEMBER =
  /(?:secret|token|password|authorization|(?:billing|customer|auth|account|api)_?key|^sid|pg_token|^number|(?:card|account|identity|registration|phone|business)_?number|phone|email|birth\w*|(?:holder|depositor|customer)_?name)$/i;
/** The same in text that is no JSON. */
const SECRET_PAIR = /(["']?([A-Za-z_]+)["']?\s*[:=]\s*["']?)([^"'&,;}\s]+)/g;
/** Card and account numbers, wherever they stand in text. */
const DIGITS = /\d(?:[ -]?\d){7,}/g;

/**
 * A body as it may be kept: secrets masked by the names of members and by value, its length bounded.
 *
 * @param secrets those that it was sent with, never to be kept, however they are written
 */
export function maskedBody(body: string, secrets: readonly string[]): string {
  if (body === '') return '';
  return bounded(withoutSecrets(maskedJson(body) ?? maskedWords(body), secrets));
}

/** The same of a path. */
export function maskedPath(path: string, secrets: readonly string[]): string {
  return bounded(withoutSecrets(path, secrets));
}

function maskedJson(body: string): string | undefined {
  if (body.length > 4 * MOST_CHARACTERS) return undefined;
  try {
    return JSON.stringify(maskedValue(JSON.parse(body), DEEPEST));
  } catch {
    return undefined;
  }
}

function maskedValue(value: unknown, depth: number): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (depth === 0) return MASK;
  if (Array.isArray(value)) return value.map((item) => maskedValue(item, depth - 1));
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [name, maskedMember(name, member, depth - 1)]),
  );
}

function maskedMember(name: string, member: unknown, depth: number): unknown {
  const isPlain = typeof member === 'string' || typeof member === 'number';
  return isPlain && SECRET_MEMBER.test(name) ? MASK : maskedValue(member, depth);
}

function maskedWords(text: string): string {
  return maskText(text.slice(0, 2 * MOST_CHARACTERS))
    .replace(SECRET_PAIR, (pair: string, before: string, name: string) =>
      SECRET_MEMBER.test(name) ? `${before}${MASK}` : pair,
    )
    .replace(DIGITS, MASK);
}

function withoutSecrets(text: string, secrets: readonly string[]): string {
  return secrets
    .flatMap((secret) => [secret, encodeURIComponent(secret), JSON.stringify(secret).slice(1, -1)])
    .filter((secret) => secret !== '')
    .reduce((masked, secret) => masked.replaceAll(secret, MASK), text);
}

function bounded(text: string): string {
  return text.length > MOST_CHARACTERS ? `${text.slice(0, MOST_CHARACTERS)}…` : text;
}
