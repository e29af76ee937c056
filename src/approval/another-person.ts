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
 * @returns why the second is not another person; `undefined` when it is
 */
export function whyNotAnother(
  asked: KeyHolder & { at: Date },
  decides: KeyHolder,
  bootstrapCounts: boolean,
): string | undefined {
  const { owner } = decides;
  const isBootstrap = decides.keyId === null && owner === BOOTSTRAP_OWNER;
  if (isBootstrap && !bootstrapCounts) return 'the bootstrap key makes keys and is nobody’s in particular';
  // Where the service itself has asked, one person is the second.
  if (asked.owner === 'billing-scheduler') return undefined;
  if (owner === asked.owner || isSameKey(asked, decides)) return `${owner} asked for it`;
  if (descendsFrom(decides, asked)) return `the key of ${owner} was made by who asked for it`;
  if (descendsFrom(asked, decides)) return `${owner} made the key it was asked for with`;
  if (decides.madeAt !== null && decides.madeAt > asked.at) {
    return `the key of ${owner} was made after it was asked for`;
  }
  return undefined;
}

function isSameKey(one: KeyHolder, other: KeyHolder): boolean {
  return one.keyId !== null && one.keyId === other.keyId;
}

function descendsFrom({ makers }: KeyHolder, { keyId, owner }: KeyHolder): boolean {
  return makers.some((maker) => maker.keyId === keyId || maker.owner === owner);
}
