import type { InputFault } from '../kernel/errors';
import { isSlip } from '../kernel/slips';

/** First words of settings of ours with which those of other programs begin too. */
const ANYBODYS = ['CLOCK', 'DATA', 'DATABASE', 'HOST', 'IN', 'LOG', 'PORT', 'SHUTDOWN', 'TLS', 'TRUSTED'];
/** Settings of earlier versions, and what is written in their place. */
const RENAMED: ReadonlyMap<string, string> = new Map([['TSTORE_ENVIRONMENT', 'ENVIRONMENT']]);

/** What Kubernetes and Docker tell of services, which may be called like us: BILLING_SERVICE_HOST, BILLING_PORT_80_TCP. */
const OF_THE_PLATFORM = /_(SERVICE_(HOST|PORT)(_.*)?|PORT(_\d+_(TCP|UDP)(_.*)?)?)$/;
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
      const meant = known.find((name) => isLike(field, name));
      if (meant !== undefined) return [{ field, expected: `no such setting: ${meant} is one` }];
      return isOurs(field) ? [{ field, expected: 'no such setting: there is none of this name' }] : [];
    });
}

function firstWord(name: string): string {
  return name.split('_', 1)[0] as string;
}

/** Whether it was meant to say what the deployment is for, as an earlier version called it or misspelt: unread, a `live` would be taken for a simulator. */
export function meansEnvironment(name: string): boolean {
  return RENAMED.get(name) === 'ENVIRONMENT' || isLike(name, 'ENVIRONMENT');
}

function isLike(given: string, name: string): boolean {
  return given !== name && (isOtherwiseSpelt(given, name) || isSlipOf(given, name));
}

/** So long a name means the same to everybody: PORT, HOST and ROLE, or one letter off them, may be anybody's. */
const OF_ONE_MEANING = 9;

/** Whether only small letters, or words run together, tell what was given from a setting. */
function isOtherwiseSpelt(given: string, name: string): boolean {
  const isLikely = given.includes('_') || given.length >= OF_ONE_MEANING;
  return isLikely && lettersOf(given) === lettersOf(name);
}

function lettersOf(name: string): string {
  return name.replaceAll('_', '').toUpperCase();
}

/** Short names such as HOST are like too many that mean something else; SSL_CERT_FILE is no slip of TLS_CERT_FILE. */
function isSlipOf(given: string, name: string): boolean {
  const areLikely = [given, name].every((one) => one.includes('_') || one.length >= OF_ONE_MEANING);
  return areLikely && given.startsWith(name.charAt(0)) && isSlip(given, name);
}
