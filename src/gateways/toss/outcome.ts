import type { GatewayDecline } from '../gateway';

/** What one of Toss's error codes says. */
export type Meaning =
  | { kind: 'declined'; retry: GatewayDecline['retry']; laterAtMost?: number }
  | { kind: 'refused'; unauthorized?: true; attemptOver?: true; notFound?: true; notNow?: true; nothingLeft?: true }
  | { kind: 'unknown'; reason: 'undecided' };

/** What is asked, as far as a code's meaning depends on it. */
export type Purpose = 'ask' | 'collect' | 'issue' | 'cancel' | 'remove';

const LATER: Meaning = { kind: 'declined', retry: 'later' };
const NEVER: Meaning = { kind: 'declined', retry: 'never' };
const NEW_METHOD: Meaning = { kind: 'declined', retry: 'new-method' };
const REFUSED: Meaning = { kind: 'refused' };
const WRONG_KEY: Meaning = { kind: 'refused', unauthorized: true };
const ABSENT: Meaning = { kind: 'refused', notFound: true };
const NOT_NOW: Meaning = { kind: 'refused', notNow: true };
/** Somebody else has given money back: the balance is read again. */
const LESS_LEFT: Meaning = { kind: 'refused', nothingLeft: true };
/** Toss is still at it, has done it before, or does not know: looked up before anything else. */
const LOOK: Meaning = { kind: 'unknown', reason: 'undecided' };

type Codes = Readonly<Record<string, Meaning>>;

const all = (meaning: Meaning, codes: string): [string, Meaning][] =>
  codes.split(/\s+/).flatMap((code) => (code === '' ? [] : [[code, meaning]]));

/** Whatever is asked. */
const ANY: Codes = Object.fromEntries([
  ...all(WRONG_KEY, 'INVALID_API_KEY UNAUTHORIZED_KEY INCORRECT_BASIC_AUTH_FORMAT'),
  ...all(REFUSED, 'INVALID_REQUEST FORBIDDEN_REQUEST INVALID_IDEMPOTENCY_KEY'),
  ...all(ABSENT, 'NOT_FOUND_PAYMENT NOT_FOUND'),
  ...all(NOT_NOW, 'FORBIDDEN_CONSECUTIVE_REQUEST'),
  ...all(
    LOOK,
    `IDEMPOTENT_REQUEST_PROCESSING PROVIDER_ERROR COMMON_ERROR UNKNOWN_PAYMENT_ERROR FAILED_INTERNAL_SYSTEM_PROCESSING
     FAILED_PAYMENT_INTERNAL_SYSTEM_PROCESSING FAILED_DB_PROCESSING`,
  ),
]);

const COLLECT: Codes = Object.fromEntries([
  ...all(
    LOOK,
    `ALREADY_PROCESSED_PAYMENT DUPLICATED_ORDER_ID CARD_PROCESSING_ERROR FAILED_BILLING_AUTO_CANCEL
     FAILED_CARD_COMPANY_RESPONSE`,
  ),
  ...all(
    LATER,
    `REJECT_CARD_PAYMENT REJECT_ACCOUNT_PAYMENT EXCEED_MAX_DAILY_PAYMENT_COUNT EXCEED_MAX_PAYMENT_AMOUNT
     EXCEED_MAX_MONTHLY_PAYMENT_AMOUNT EXCEED_MAX_ONE_DAY_AMOUNT EXCEED_MAX_ONE_DAY_WITHDRAW_AMOUNT
     EXCEED_MAX_ONE_TIME_WITHDRAW_AMOUNT EXCEED_MAX_AUTH_COUNT NOT_AVAILABLE_BANK NOT_AVAILABLE_PAYMENT`,
  ),
  // The card company's no without a reason: it may be a limit, or a card that is dead.
  ...all({ kind: 'declined', retry: 'later', laterAtMost: 2 }, 'REJECT_CARD_COMPANY'),
  ...all(
    NEVER,
    `FDS_ERROR NOT_ALLOWED_POINT_USE EXCEED_MAX_AMOUNT EXCEED_MAX_CARD_INSTALLMENT_PLAN INVALID_CARD_INSTALLMENT_PLAN
     NOT_SUPPORTED_INSTALLMENT_PLAN_CARD_OR_MERCHANT NOT_SUPPORTED_MONTHLY_INSTALLMENT_PLAN PAY_PROCESS_CANCELED
     PAY_PROCESS_ABORTED`,
  ),
  ...all(
    NEW_METHOD,
    `INVALID_REJECT_CARD INVALID_STOPPED_CARD INVALID_CARD_LOST_OR_STOLEN INVALID_CARD_EXPIRATION INVALID_CARD_NUMBER
     INVALID_CARD_PASSWORD INVALID_CARD_IDENTITY INVALID_PASSWORD RESTRICTED_TRANSFER_ACCOUNT
     REJECT_TOSSPAY_INVALID_ACCOUNT INVALID_ACCOUNT_INFO_RE_REGISTER NOT_SUPPORTED_CARD_TYPE NOT_REGISTERED_CARD_COMPANY
     ALREADY_REMOVED_BILLING_KEY INVALID_BILL_KEY_REQUEST NOT_FOUND_BILLING NOT_FOUND_BILLING_KEY`,
  ),
  ...all(
    REFUSED,
    `BELOW_MINIMUM_AMOUNT NOT_MATCHES_CUSTOMER_KEY NOT_SUPPORTED_METHOD NOT_FOUND_TERMINAL_ID INVALID_AUTHORIZE_AUTH
     UNAPPROVED_ORDER_ID INVALID_UNREGISTERED_SUBMALL NOT_REGISTERED_BUSINESS INVALID_EMAIL INVALID_BIRTH_DAY_FORMAT`,
  ),
  ...all({ kind: 'refused', attemptOver: true }, 'NOT_FOUND_PAYMENT_SESSION'),
]);

const ISSUE: Codes = {
  ...COLLECT,
  ...Object.fromEntries(all(NEW_METHOD, 'INVALID_BILLING_AUTH FAILED_BILL_KEY_AUTH_CREATION')),
};

const CANCEL: Codes = Object.fromEntries([
  ...all(
    LOOK,
    `ALREADY_CANCELED_PAYMENT ALREADY_REFUND_PAYMENT FAILED_REFUND_PROCESS FAILED_METHOD_HANDLING_CANCEL
     FAILED_PARTIAL_REFUND`,
  ),
  ...all(LESS_LEFT, 'NOT_MATCHES_REFUNDABLE_AMOUNT NOT_CANCELABLE_AMOUNT'),
  ...all(
    REFUSED,
    `NOT_CANCELABLE_PAYMENT NOT_CANCELABLE_PAYMENT_FOR_DORMANT_USER REFUND_REJECTED INVALID_REFUND_ACCOUNT_INFO
     INVALID_REFUND_ACCOUNT_NUMBER INVALID_BANK EXCEED_CANCEL_AMOUNT_DISCOUNT_AMOUNT FORBIDDEN_BANK_REFUND_REQUEST
     NOT_ALLOWED_PARTIAL_REFUND NOT_ALLOWED_PARTIAL_REFUND_WAITING_DEPOSIT EXCEED_MAX_REFUND_DUE EXCEED_CANCEL_LIMIT`,
  ),
  // Nobody's no: a bank is closed, which passes.
  ...all(NOT_NOW, 'NOT_AVAILABLE_BANK'),
]);

/** A key that is gone is what was wanted. */
const REMOVE: Codes = Object.fromEntries(
  all(ABSENT, 'ALREADY_REMOVED_BILLING_KEY INVALID_BILL_KEY_REQUEST NOT_FOUND_BILLING NOT_FOUND_BILLING_KEY'),
);

const CODES: Readonly<Record<Purpose, Codes>> = {
  ask: ANY,
  collect: { ...ANY, ...COLLECT },
  issue: { ...ANY, ...ISSUE },
  cancel: { ...ANY, ...CANCEL },
  remove: { ...ANY, ...REMOVE },
};

/**
 * What a code means (docs/protocol/toss.md, section 7); whatever HTTP status it came with.
 *
 * @returns `undefined` for one that nobody has seen: of something done it may be said, too
 */
export function meaningOf(purpose: Purpose, code: string): Meaning | undefined {
  return Object.hasOwn(CODES[purpose], code) ? CODES[purpose][code] : undefined;
}
