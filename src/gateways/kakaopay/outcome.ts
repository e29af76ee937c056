import type { GatewayDecline } from '../gateway';

/** What one of KakaoPay's codes says. */
export type Meaning =
  | { kind: 'declined'; retry: GatewayDecline['retry']; laterAtMost?: number }
  | {
      kind: 'refused';
      unauthorized?: true;
      attemptOver?: true;
      returnRefused?: true;
      notFound?: true;
      notNow?: true;
      nothingLeft?: true;
    }
  | { kind: 'unknown'; reason: 'undecided' };

const LATER: Meaning = { kind: 'declined', retry: 'later' };
const LATER_TWICE: Meaning = { kind: 'declined', retry: 'later', laterAtMost: 2 };
const NEVER: Meaning = { kind: 'declined', retry: 'never' };
const NEW_METHOD: Meaning = { kind: 'declined', retry: 'new-method' };
const REFUSED: Meaning = { kind: 'refused' };
/** Key, contract or address: nothing is asked for by the account before somebody has mended it. */
const ACCOUNT: Meaning = { kind: 'refused', unauthorized: true };
const ABSENT: Meaning = { kind: 'refused', notFound: true };
const NOT_NOW: Meaning = { kind: 'refused', notNow: true };
const OVER: Meaning = { kind: 'refused', attemptOver: true };
/** The customer has not authenticated, or another has come back: the attempt is as it was. */
const NOT_THEIRS: Meaning = { kind: 'refused', returnRefused: true };
/** Somebody else has given money back: the balance is read again. */
const LESS_LEFT: Meaning = { kind: 'refused', nothingLeft: true };
/** Done before, or not known: order tells. */
const LOOK: Meaning = { kind: 'unknown', reason: 'undecided' };

type Codes = Readonly<Record<string, Meaning>>;

const all = (meaning: Meaning, codes: string): [string, Meaning][] =>
  codes.split(/\s+/).flatMap((code) => (code === '' ? [] : [[code, meaning]]));

/** Of a call. */
const CALL_CODES: Codes = Object.fromEntries([
  ...all(LOOK, '-1 -702 -781 -783 -784 -785'),
  ...all(REFUSED, '-2 -703 -704 -705 -706 -707 -722 -724 -725 -726 -753'),
  ...all(ACCOUNT, '-3 -4 -5 -301 -401 -402 -403 -730 -731 -732 -733 -798 -799'),
  ...all(NOT_NOW, '-7 -9798 -10'),
  ...all(NOT_THEIRS, '-701 -708'),
  ...all(LESS_LEFT, '-710'),
  ...all(ABSENT, '-721'),
  ...all(OVER, '-723'),
  ...all(NEW_METHOD, '-750 -751'),
  ...all(LATER, '-752'),
  ...all(NEVER, '-761'),
  ...all(LATER_TWICE, '-780 -782'),
]);

/** Of a method, which decide first. `9999` is none of them: it says nothing. */
const METHOD_CODES: Codes = Object.fromEntries([
  ...all(LATER, 'LACK_BALANCE NOT_ENOUGH_BALANCE 8008 LIMIT_ONE_TIME LIMIT_USE_PER_DAY 0002 USER_LOCKED'),
  ...all(NEW_METHOD, 'USER_NOT_FOUND BANK_ACCOUNT_NOT_FOUND 0004 INVALID_PAYMENT_KEY'),
  ...all(LOOK, 'BANK_FIRM_UNKNOWN 0010 0025'),
  ...all(NOT_NOW, 'BANK_FIRM_UNAVAILABLE UNDER_CONSTRUCTION'),
  ...all(REFUSED, 'INVALID_CANCEL_AMOUNT INVALID_CANCEL_STATUS'),
]);

/** What an error names: its code, and that of the method where there is one. */
export interface Named {
  code: string;
  methodCode?: string | undefined;
}

/**
 * What an error means, and which of its codes says so (docs/protocol/kakaopay.md, section 7).
 *
 * @returns `undefined` for what nobody has seen: of something done it may be said, too
 */
export function meaningOf({ code, methodCode }: Named): { meaning: Meaning; by: string } | undefined {
  const ofMethod = methodCode === undefined ? undefined : own(METHOD_CODES, methodCode);
  if (ofMethod !== undefined && methodCode !== undefined) return { meaning: ofMethod, by: methodCode };
  const ofCall = own(CALL_CODES, code);
  return ofCall && { meaning: ofCall, by: code };
}

function own(codes: Codes, code: string): Meaning | undefined {
  return Object.hasOwn(codes, code) ? codes[code] : undefined;
}
