/** RFC 3339 in UTC. */
export function isoText(at: number): string {
  return new Date(at).toISOString();
}

/** The member, or none. */
export function isoTextOrNone(name: string, at: number | null): Record<string, string> {
  return at === null ? {} : { [name]: isoText(at) };
}
