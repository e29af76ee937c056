import type { InputFault } from '../kernel/errors';

/** First words of settings of ours with which those of other programs begin too. */
const ANYBODYS = ['CLOCK', 'DATA', 'DATABASE', 'HOST', 'IN', 'LOG', 'PORT', 'SHUTDOWN', 'TLS', 'TRUSTED'];
/** Settings of earlier versions, and what is written in their place. */
const RENAMED: ReadonlyMap<string, string> = new Map([['TSTORE_ENVIRONMENT', 'ENVIRONMENT']]);

/** What Kubernetes and Docker tell of services, which may be called like us: BILLING_SERVICE_HOST, BILLING_PORT_80_TCP. */
const OF_THE_PLATFORM = /_(SERVICE_(HOST|PORT)(_.*)?|PORT(_\d+_(TCP|UDP)(_.*)?)?)$/;
/** So many letters off is a slip of the hand. */
const SLIP = 2;

/**
 * Settings that are none: misspelt, or of another version. Left alone, a `BILLING_CORN` would bill at the default hour, and
 * nobody would know.
 *
 * @param known every setting there is
 */
export function unknownSettings(given: readonly string[], known: readonly string[]): InputFault[] {
  const ours = new Set(known.map(firstWord).filter((word) => !ANYBODYS.includes(word)));
  const isOurs = (name: string): boolean => name.includes('_') && ours.has(firstWord(name));
  return given
    .filter((name) => !known.includes(name) && !OF_THE_PLATFORM.test(name))
    .flatMap((field) => {
      const renamed = RENAMED.get(field);
      if (renamed !== undefined)
        return [{ field, expected: `no such setting: write ${renamed} instead, with the same value` }];
      const meant = known.find((name) => isSlipOf(field, name));
      if (meant !== undefined) return [{ field, expected: `no such setting: ${meant} is one` }];
      return isOurs(field) ? [{ field, expected: 'no such setting: there is none of this name' }] : [];
    });
}

function firstWord(name: string): string {
  return name.split('_', 1)[0] as string;
}

/** Whether an earlier version knew it; unread, a `live` would be taken for a simulator. */
export function isRenamed(name: string): boolean {
  return RENAMED.has(name);
}

/** Short names such as HOST are like too many that mean something else; SSL_CERT_FILE is no slip of TLS_CERT_FILE. */
function isSlipOf(given: string, name: string): boolean {
  return given.startsWith(name.charAt(0)) && name.includes('_') && given.includes('_') && distance(given, name) <= SLIP;
}

/** Letters to put in, leave out, exchange or swap with their neighbour to come from one to the other. */
function distance(one: string, other: string): number {
  if (Math.abs(one.length - other.length) > SLIP) return SLIP + 1;
  const rows = Array.from({ length: one.length + 1 }, (_, at) => [at, ...Array<number>(other.length).fill(0)]);
  const row = (at: number): number[] => rows[at] as number[];
  for (let at = 0; at <= other.length; at += 1) row(0)[at] = at;
  for (let i = 1; i <= one.length; i += 1) {
    for (let j = 1; j <= other.length; j += 1) {
      const isSame = one[i - 1] === other[j - 1];
      const plain = [get(row(i - 1), j) + 1, get(row(i), j - 1) + 1, get(row(i - 1), j - 1) + (isSame ? 0 : 1)];
      const isSwapped = i > 1 && j > 1 && one[i - 1] === other[j - 2] && one[i - 2] === other[j - 1];
      row(i)[j] = Math.min(...plain, ...(isSwapped ? [get(row(i - 2), j - 2) + 1] : []));
    }
  }
  return get(row(one.length), other.length);
}

function get(row: readonly number[], at: number): number {
  return row[at] as number;
}
