import type { GatewayDecline } from '../gateway';

/** What one of PortOne's types of errors says. */
export type Meaning =
  | { kind: 'declined'; retry: GatewayDecline['retry']; laterAtMost?: number }
  | {
      kind: 'refused';
      unauthorized?: true;
      returnRefused?: true;
      notFound?: true;
      nothingLeft?: true;
    }
  | { kind: 'unknown'; reason: 'undecided' };

/** What is asked, as far as the meaning of a type depends on it. */
export type Purpose = 'ask' | 'collect' | 'issue' | 'cancel' | 'remove';

const NEW_METHOD: Meaning = { kind: 'declined', retry: 'new-method' };
/** Whose words nobody here knows: the payment company's. */
const LATER_TWICE: Meaning = { kind: 'declined', retry: 'later', laterAtMost: 2 };
const REFUSED: Meaning = { kind: 'refused' };
/** Secret, store or channel: nothing is asked for by the account before somebody has mended it. */
const ACCOUNT: Meaning = { kind: 'refused', unauthorized: true };
const ABSENT: Meaning = { kind: 'refused', notFound: true };
/** What the return brought is no token of this payment: the right one may still come. */
const NOT_THEIRS: Meaning = { kind: 'refused', returnRefused: true };
/** Somebody else has given money back: the balance is read again. */
const LESS_LEFT: Meaning = { kind: 'refused', nothingLeft: true };
/** Done before, under way, or not known: a lookup tells. */
const LOOK: Meaning = { kind: 'unknown', reason: 'undecided' };

/** Where a type means the same whatever is asked, that alone. */
type Meant = Meaning | (Partial<Record<Purpose, Meaning>> & { else: Meaning; kind?: never });

const all = (meaning: Meant, types: string): [string, Meant][] =>
  types.split(/\s+/).flatMap((type) => (type === '' ? [] : [[type, meaning]]));

/** By type (docs/protocol/portone.md, section 7). */
const TYPES: Readonly<Record<string, Meant>> = Object.fromEntries([
  ...all(REFUSED, 'INVALID_REQUEST MAX_TRANSACTION_COUNT_REACHED SUM_OF_PARTS_EXCEEDS_TOTAL_AMOUNT'),
  ...all(REFUSED, 'DISCOUNT_AMOUNT_EXCEEDS_TOTAL_AMOUNT PROMOTION_PAY_METHOD_DOES_NOT_MATCH BILLING_KEY_NOT_ISSUED'),
  ...all(REFUSED, 'PAYMENT_NOT_PAID CANCEL_TAX_AMOUNT_EXCEEDS_CANCELLABLE_TAX_AMOUNT MAX_CANCEL_COUNT_REACHED'),
  ...all(REFUSED, 'CANCEL_TAX_FREE_AMOUNT_EXCEEDS_CANCELLABLE_TAX_FREE_AMOUNT SUM_OF_PARTS_EXCEEDS_CANCEL_AMOUNT'),
  ...all(REFUSED, 'NEGATIVE_PROMOTION_ADJUSTED_CANCEL_AMOUNT PROMOTION_DISCOUNT_RETAIN_OPTION_SHOULD_NOT_BE_CHANGED'),
  ...all(REFUSED, 'INFORMATION_MISMATCH PAYMENT_NOT_WAITING_FOR_DEPOSIT PAYMENT_SCHEDULE_ALREADY_EXISTS'),
  ...all(REFUSED, 'PAYMENT_SCHEDULE_ALREADY_PROCESSED MAX_WEBHOOK_RETRY_COUNT_REACHED'),
  ...all(ACCOUNT, 'UNAUTHORIZED FORBIDDEN CHANNEL_NOT_FOUND'),
  ...all(ABSENT, 'PAYMENT_NOT_FOUND PAYMENT_SCHEDULE_NOT_FOUND PAYMENT_SCHEDULE_ALREADY_REVOKED WEBHOOK_NOT_FOUND'),
  ...all({ collect: NEW_METHOD, else: ABSENT }, 'BILLING_KEY_NOT_FOUND BILLING_KEY_ALREADY_DELETED'),
  ...all(NOT_THEIRS, 'INVALID_PAYMENT_TOKEN'),
  ...all(LESS_LEFT, 'CANCELLABLE_AMOUNT_CONSISTENCY_BROKEN CANCEL_AMOUNT_EXCEEDS_CANCELLABLE_AMOUNT'),
  ...all(LOOK, 'IDEMPOTENCY_OUTSTANDING_REQUEST ALREADY_PAID ALREADY_PAID_OR_WAITING'),
  ...all(LOOK, 'BILLING_KEY_ALREADY_ISSUED CHANNEL_SPECIFIC PAYMENT_ALREADY_CANCELLED'),
  // Whoever asked for money looks the payment up before the no counts.
  ...all({ collect: LATER_TWICE, else: LOOK }, 'PG_PROVIDER'),
]);

/** Types that say something although their status is that of a server that has failed. */
export const WITH_SERVER_STATUS: readonly string[] = ['PG_PROVIDER', 'CHANNEL_SPECIFIC'];

/** @returns `undefined` for what nobody has listed: of something done it may be said, too */
export function meaningOf(purpose: Purpose, type: string): Meaning | undefined {
  const meant = Object.hasOwn(TYPES, type) ? TYPES[type] : undefined;
  if (meant === undefined || meant.kind !== undefined) return meant;
  return meant[purpose] ?? meant.else;
}
