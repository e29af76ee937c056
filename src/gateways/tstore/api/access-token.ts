import { parseSeoulInstant } from '../../../kernel/seoul-calendar';
import { secondsAfter } from '../../../platform/clock';
import { textOf, type JsonMembers, showing, type Show } from '../../reading';

/** Who asks. */
export interface ClientCredentials {
  clientId: string;
  clientSecret: string;
}

/** An access token as the gateway issued it. */
export interface IssuedToken {
  /** A secret: store it encrypted, never log it. */
  accessToken: string;
  expiresAt: Date;
  /** The gateway's `expired` could not be understood, so the token counts as short-lived; worth a warning. */
  expiryGuessed: boolean;
  /** What `expired` said, cut to a readable length; for that warning. */
  expiryText: string;
  tokenType: string;
  /** Separated by spaces. */
  scope: string;
}

/** How long a token counts whose expiry can't be understood. */
export const GUESSED_LIFETIME_SECONDS = 600;

const HEADER_SAFE = /^[\x21-\x7e]{1,4096}$/;
/** Nine digits are 31 years; more can't be meant as seconds to live. */
const SECONDS_TO_LIVE = /^\d{1,9}$/;
/** From September 2001 to November 2286. */
const EPOCH_MILLISECONDS = /^\d{13}$/;
const MAX_EXPIRY_TEXT_LENGTH = 40;

/** @param requestedAt when the token was asked for: its life is counted from there, to be on the safe side */
export function readToken(members: JsonMembers, requestedAt: Date, show: Show = showing()): IssuedToken | undefined {
  const accessToken = textOf(members.accessToken);
  if (accessToken === undefined || !HEADER_SAFE.test(accessToken)) return undefined;
  const expiryText = show(members.expired);
  const expiresAt = parseExpiry(expiryText, requestedAt);
  return {
    accessToken,
    expiresAt: expiresAt ?? secondsAfter(requestedAt, GUESSED_LIFETIME_SECONDS),
    expiryGuessed: expiresAt === undefined,
    expiryText: expiryText.slice(0, MAX_EXPIRY_TEXT_LENGTH),
    tokenType: show(members.tokenType),
    scope: show(members.scope),
  };
}

/**
 * Reads `expired` in the three forms that were seen: seconds to live, epoch milliseconds, `yyyyMMddHHmmss` in Seoul.
 *
 * @returns `undefined` for anything else and for an instant that has passed: a token just issued can't have expired, so
 *   the instant was meant differently (another zone, another unit)
 */
function parseExpiry(text: string, requestedAt: Date): Date | undefined {
  const expiresAt = expiryAt(text, requestedAt);
  return expiresAt !== undefined && expiresAt > requestedAt ? expiresAt : undefined;
}

function expiryAt(text: string, requestedAt: Date): Date | undefined {
  if (SECONDS_TO_LIVE.test(text)) return secondsAfter(requestedAt, Number(text));
  if (EPOCH_MILLISECONDS.test(text)) return new Date(Number(text));
  return parseSeoulInstant(text);
}
