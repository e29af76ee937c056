import { NOBODYS } from './owner';

/** Who asks or decides, as their key says. */
export interface Person {
  /** What histories keep, such as `ops-console (key 42)`. */
  actor: string;
  /** Whose the key is, as `normalizeOwner` writes it. */
  owner: string;
  /** `null`: the bootstrap key, or the service itself. */
  keyId: string | null;
  role: string;
}

/** The service itself as the one who asks. */
export const SERVICE: Person = {
  actor: 'billing-scheduler',
  owner: 'billing-scheduler',
  keyId: null,
  role: 'service',
};

export const BOOTSTRAP_OWNER: (typeof NOBODYS)[number] = 'bootstrap';

/** A key as far as it tells persons apart. */
export interface KeyHolder extends Pick<Person, 'owner' | 'keyId'> {
  /** `null`: no row, as the bootstrap key is none. */
  madeAt: Date | null;
  /** The keys it descends from, nearest first: who made it, who made that one, and so on. */
  makers: readonly { keyId: string; owner: string }[];
}

/**
 * The one rule of who is another person than whoever asked. Whoever made a key may know its secret, so a key is never
 * another person than those it descends from, in either direction; nor is one that was made only after the question.
 *
 * @param bootstrapCounts whether the bootstrap key, which is nobody's in particular, counts as a person
 * @returns why the second is not another person, and who would be; `undefined` when it is
 */
export function whyNotAnother(
  asked: KeyHolder & { at: Date },
  decides: KeyHolder,
  bootstrapCounts: boolean,
): NotAnother | undefined {
  const { owner } = decides;
  const isBootstrap = decides.keyId === null && owner === BOOTSTRAP_OWNER;
  if (isBootstrap && !bootstrapCounts) return never('the bootstrap key makes keys and is nobody’s in particular');
  // Where the service itself has asked, one person is the second.
  if (asked.owner === 'billing-scheduler') return undefined;
  if (owner === asked.owner || isSameKey(asked, decides)) return never(`${owner} asked for it`);
  if (descendsFrom(decides, asked)) return never(`the key of ${owner} was made by who asked for it`);
  if (descendsFrom(asked, decides)) return never(`${owner} made the key it was asked for with`);
  if (decides.madeAt !== null && decides.madeAt > asked.at) {
    return { why: `the key of ${owner} was made after it was asked for`, isTooYoung: true };
  }
  return undefined;
}

/** Why somebody is not another person than whoever asked. */
export interface NotAnother {
  why: string;
  /** The one reason that goes away when it is asked again: the key is there then. */
  isTooYoung: boolean;
}

function never(why: string): NotAnother {
  return { why, isTooYoung: false };
}

function isSameKey(one: KeyHolder, other: KeyHolder): boolean {
  return one.keyId !== null && one.keyId === other.keyId;
}

function descendsFrom({ makers }: KeyHolder, { keyId, owner }: KeyHolder): boolean {
  return makers.some((maker) => maker.keyId === keyId || maker.owner === owner);
}
