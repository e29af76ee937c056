/** Characters that are written and not seen: zero-width ones, soft hyphens, marks of direction. */
const UNSEEN = /[\p{Cf}\p{Cc}]/gu;

/** Owners of what is nobody's in particular; no key can be given to one of them. */
export const NOBODYS = ['bootstrap', 'billing-scheduler', 'unstated'] as const;

/**
 * The one way an owner is written, so that a person stays one however their address is put: compatible characters are
 * the same (NFKC), capitals, blanks around and unseen characters don’t count, nor does what mail systems ignore: a `+tag`
 * and dots at the end. Whether the result is an owner at all is for the caller to say.
 */
export function normalizeOwner(text: string): string {
  const seen = text.normalize('NFKC').replace(UNSEEN, '').trim().toLowerCase();
  const at = seen.lastIndexOf('@');
  const [local, domain] = at < 0 ? [seen, undefined] : [seen.slice(0, at), seen.slice(at + 1)];
  const name = withoutDotsBehind(local.split('+', 1)[0] ?? '');
  return domain === undefined ? name : `${name}@${withoutDotsBehind(domain)}`;
}

function withoutDotsBehind(text: string): string {
  return text.trim().replace(/\.+$/, '');
}
